/* sys.config and vm.args, without secrets. */
#include "core/artifact/compare_private.h"

#include "core/artifact/hide.h"
#include "core/base/index.h"

#include <string.h>

enum { DEPTH_MAX = 8, NAME_MAX_LEN = 256, VALUE_MAX = 8 * 1024 * 1024 };

/* Where add_setting() adds to. */
struct settings {
	struct hd_arena *arena;
	struct hd_nameds list;
};

static size_t
entries_of(const struct hd_term *t)
{
	return t->kind == HD_TERM_MAP ? t->n / 2 : t->n;
}

/* The key (part 0) or the value (part 1) of entry i of a map or of a list of
 * pairs; NULL: the list has another form. */
static const struct hd_term *
entry_of(const struct hd_term *t, size_t i, size_t part)
{
	if (t->kind == HD_TERM_MAP)
		return hd_term_at(t, 2 * i + part);
	return hd_term_is(&t->items[i], HD_TERM_TUPLE, 2)
		   ? hd_term_at(&t->items[i], part)
		   : NULL;
}

/* A map, or a list of pairs, whose keys are atoms, and all different: its
 * values are compared one by one. */
static bool
is_dictionary(const struct hd_term *t)
{
	HD_AUTO_ARENA scratch = { 0 };
	struct hd_index seen = { 0 };

	if (t->n == 0 || t->improper ||
	    (t->kind != HD_TERM_LIST && t->kind != HD_TERM_MAP))
		return false;
	for (size_t i = 0; i < entries_of(t); i++) {
		const struct hd_term *key = entry_of(t, i, 0);

		if (key == NULL || key->kind != HD_TERM_ATOM ||
		    (*hd_index_at(&seen, &scratch, key->text))++ > 0)
			return false;
	}
	return true;
}

static const char *
text_of(struct settings *s, const struct hd_term *t)
{
	HD_AUTO_STR text = HD_STR_INIT(VALUE_MAX);

	hd_term_add(&text, t);
	return hd_arena_strdup(s->arena, text.ptr);
}

/* name: of the whole setting, "shop repo.password". */
static const char *
shown_of(struct settings *s, const char *name, const struct hd_term *t)
{
	HD_AUTO_STR text = HD_STR_INIT(VALUE_MAX);

	hd_hide_term(&text, name, t);
	return hd_arena_strdup(s->arena, text.ptr);
}

static void
add_setting(
    struct settings *s, const char *name, const struct hd_term *t, int depth)
{
	/* a long name would be copied to each of its keys */
	if (depth < DEPTH_MAX && strlen(name) < NAME_MAX_LEN &&
	    is_dictionary(t)) {
		for (size_t i = 0; i < entries_of(t); i++)
			add_setting(s,
			    hd_arena_fmt(s->arena, "%s.%s", name,
				entry_of(t, i, 0)->text),
			    entry_of(t, i, 1), depth + 1);
		return;
	}
	*HD_PUSH(s->arena, &s->list) = (struct hd_named){
		.name = name,
		.value = text_of(s, t),
		.shown = shown_of(s, name, t),
	};
}

/* from: "" for sys.config, else where the keys are set. */
static void
add_config(struct settings *s, const struct hd_config *config, const char *from)
{
	for (size_t i = 0; i < config->n; i++) {
		const struct hd_config_key *k = &config->v[i];

		add_setting(s,
		    hd_arena_fmt(s->arena, "%s %s%s", k->app, k->key, from),
		    k->value, 0);
	}
}

struct hd_nameds
hd_named_settings(struct hd_arena *arena, const struct hd_artifact *a)
{
	struct settings s = { .arena = arena };

	add_config(&s, &a->config, "");
	return s.list;
}

/* sys.config, and the defaults of the applications that other has, too: an
 * application that comes or goes is one difference, not one per key. */
static struct hd_nameds
list_settings(struct hd_arena *arena, const struct hd_artifact *a,
    const struct hd_artifact *other)
{
	HD_AUTO_ARENA scratch = { 0 };
	struct hd_index both = { 0 };
	struct settings s = { .arena = arena };

	add_config(&s, &a->config, "");
	for (size_t i = 0; i < other->applications.n; i++)
		*hd_index_at(&both, &scratch, other->applications.v[i].name) =
		    1;
	for (size_t i = 0; i < a->applications.n; i++)
		if (hd_index_get(&both, a->applications.v[i].name) != 0)
			add_config(&s, &a->applications.v[i].env, " (.app)");
	return s.list;
}

/* The length of the words that name a line: "+P 1000", "-kernel start_timer
 * true", "-setcookie x". A flag with two values has the first in its name. */
static size_t
name_len(const char *line)
{
	size_t first = strcspn(line, " \t");
	size_t second = first + strspn(line + first, " \t");
	size_t end = second + strcspn(line + second, " \t");

	if (line[0] != '-' || line[end + strspn(line + end, " \t")] == '\0')
		return first;
	return end;
}

static const char *
name_of(struct hd_arena *arena, const char *line)
{
	HD_AUTO_STR text = HD_STR_INIT(VALUE_MAX);

	hd_hide_line(&text, hd_arena_strndup(arena, line, name_len(line)));
	return hd_arena_strdup(arena, text.ptr);
}

static const char *
hidden_line(struct hd_arena *arena, const char *line)
{
	HD_AUTO_STR text = HD_STR_INIT(VALUE_MAX);

	hd_hide_line(&text, line);
	return hd_arena_strdup(arena, text.ptr);
}

struct hd_nameds
hd_named_arguments(struct hd_arena *arena, const struct hd_artifact *a)
{
	struct hd_nameds list = { 0 };

	for (size_t i = 0; i < a->vm_args.n; i++) {
		const char *line = a->vm_args.v[i];

		*HD_PUSH(arena, &list) = (struct hd_named){
			.name = name_of(arena, line),
			.value = line,
			.shown = hidden_line(arena, line),
		};
	}
	return list;
}

void
hd_compare_config(struct hd_comparing *c)
{
	struct hd_arena *arena = &c->out->arena;
	struct hd_nameds old, new;

	c->config = hd_is_readable(c->old, c->old->config_path) &&
		    hd_is_readable(c->new, c->new->config_path);
	if (c->config) {
		old = list_settings(arena, c->old, c->new);
		new = list_settings(arena, c->new, c->old);
		hd_compare_named(c, HD_AREA_SETTING, &old, &new);
	}
	old = hd_named_arguments(arena, c->old);
	new = hd_named_arguments(arena, c->new);
	hd_compare_named(c, HD_AREA_VM_ARGS, &old, &new);
}
