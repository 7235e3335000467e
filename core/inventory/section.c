#include "core/inventory/section.h"

#include "core/base/name.h"
#include "core/base/str.h"
#include "core/inventory/problem.h"

#include <string.h>

enum { NAME_MAX_LEN = 1024 };

struct check {
	struct hd_sections *all;
	struct hd_arena *arena;
	struct hd_problems *problems;
};

/* Every other name belongs to an environment. */
static const struct {
	const char *name;
	enum hd_place place;
} reserved[] = {
	{ "app", HD_IN_APP },
	{ "defaults", HD_IN_DEFAULTS },
};

/* Where a key belongs, to report a misplaced one. */
static const struct {
	enum hd_place place;
	const char *text;
} homes[] = {
	{ HD_IN_APP, "[app]" },
	{ HD_IN_DEFAULTS, "[defaults] or an environment" },
	{ HD_IN_ENV, "an environment" },
};

static enum hd_place
reserved_place(const char *name)
{
	for (size_t i = 0; i < HD_COUNT(reserved); i++)
		if (strcmp(reserved[i].name, name) == 0)
			return reserved[i].place;
	return 0;
}

static bool
name_section(struct check *c, struct hd_section *s)
{
	const char *colon = strchr(s->name, ':');

	s->place = reserved_place(s->name);
	if (s->place != 0)
		return true;
	s->env = s->name;
	s->place = HD_IN_ENV;
	if (colon != NULL) {
		s->env = hd_arena_strndup(
		    c->arena, s->name, (size_t)(colon - s->name));
		s->host = colon + 1;
		s->place = HD_IN_HOST;
	}
	if (hd_label_valid(s->env) && reserved_place(s->env) == 0)
		return true;
	hd_problem_add(c->problems, s->line,
	    "[%s]: \"%s\" cannot be an environment; use letters, digits and "
	    ". _ -, a letter or digit first, but not app or defaults",
	    s->name, s->env);
	return false;
}

/* Reports s if a previous section has the same name. */
static bool
section_again(struct check *c, const struct hd_section *s)
{
	size_t *place = hd_index_at(&c->all->names, c->arena, s->name);

	if (*place == 0) {
		*place = (size_t)(s - c->all->v) + 1;
		return false;
	}
	hd_problem_add(c->problems, s->line,
	    "[%s] is defined twice; merge both (first: line %u)", s->name,
	    c->all->v[*place - 1].line);
	return true;
}

static void
unknown_key(
    struct check *c, const struct hd_section *s, const struct hd_setting *e)
{
	const char *near = hd_key_meant(c->arena, e->name, s->place);

	if (near != NULL)
		hd_problem_add(c->problems, e->line,
		    "unknown key \"%s\" in [%s]; did you mean \"%s\"?", e->name,
		    s->name, near);
	else
		hd_problem_add(c->problems, e->line,
		    "unknown key \"%s\" in [%s]; see deploy.ini.example",
		    e->name, s->name);
}

static void
misplaced_key(
    struct check *c, const struct hd_section *s, const struct hd_setting *e)
{
	const char *home = "";

	for (size_t i = HD_COUNT(homes); i-- > 0;)
		if (e->key->places & homes[i].place)
			home = homes[i].text;
	hd_problem_add(c->problems, e->line,
	    "\"%s\" is not allowed in [%s]; move it to %s", e->name, s->name,
	    home);
}

/* Tries to store the value in a scratch struct. */
static bool
value_good(struct check *c, const struct hd_setting *e)
{
	union {
		struct hd_app app;
		struct hd_env env;
		struct hd_host host;
	} scratch;
	struct hd_value v = {
		.key = e->key,
		.name = e->name,
		.text = e->value,
		.arena = c->arena,
	};
	struct hd_err err;

	memset(&scratch, 0, sizeof(scratch));
	if (hd_key_set(&scratch, &v, &err) == 0)
		return true;
	hd_problem_add(c->problems, e->line, "%s", err.msg);
	return false;
}

/* first: the first entry of that name in the section */
static bool
entry_good(struct check *c, const struct hd_section *s, struct hd_setting *e,
    const struct hd_setting *first)
{
	if (e->key == NULL) {
		unknown_key(c, s, e);
		return false;
	}
	if (!(e->key->places & s->place)) {
		misplaced_key(c, s, e);
		return false;
	}
	if (first != e && !e->key->repeats) {
		hd_problem_add(c->problems, e->line,
		    "\"%s\" is set twice in [%s]; keep one (first: line %u)",
		    e->name, s->name, first->line);
		return false;
	}
	return value_good(c, e);
}

static void
check_section(struct check *c, struct hd_section *s)
{
	HD_AUTO_ARENA scratch = { 0 };
	struct hd_index places = { 0 };
	bool again;

	if (!name_section(c, s)) {
		s->place = 0;
		return;
	}
	again = section_again(c, s);
	for (size_t i = 0; i < s->entries.n; i++) {
		struct hd_setting *e = &s->entries.v[i];
		size_t *place = hd_index_at(&places, &scratch, e->name);

		if (*place == 0)
			*place = i + 1;
		e->key = hd_key_find(e->name);
		if (!e->bad)
			e->bad =
			    !entry_good(c, s, e, &s->entries.v[*place - 1]);
	}
	if (again)
		s->place = 0;
}

/* Links the [env:host] sections of each env, in the order of the file. */
static void
join_sections(struct hd_sections *all, struct hd_arena *arena)
{
	for (size_t i = all->n; i-- > 0;) {
		struct hd_section *s = &all->v[i];
		size_t *first;

		if (s->place != HD_IN_HOST)
			continue;
		first = hd_index_at(&all->of_envs, arena, s->env);
		s->next = *first;
		*first = i + 1;
	}
}

void
hd_sections_check(struct hd_sections *all, struct hd_arena *arena,
    struct hd_problems *problems)
{
	struct check c = { all, arena, problems };

	for (size_t i = 0; i < all->n; i++)
		check_section(&c, &all->v[i]);
	join_sections(all, arena);
}

static const struct hd_section *
at(const struct hd_sections *all, size_t place)
{
	return place > 0 ? &all->v[place - 1] : NULL;
}

const struct hd_section *
hd_section_of(const struct hd_sections *all, const char *env)
{
	return at(all, hd_index_get(&all->of_envs, env));
}

const struct hd_section *
hd_section_next(const struct hd_sections *all, const struct hd_section *s)
{
	return at(all, s->next);
}

const struct hd_section *
hd_section_find(const struct hd_sections *all, enum hd_place place,
    const char *env, const char *host)
{
	HD_AUTO_STR name = HD_STR_INIT(NAME_MAX_LEN);
	const struct hd_section *s;

	if (env == NULL)
		hd_str_add(&name, place == HD_IN_APP ? "app" : "defaults");
	else
		hd_str_addf(&name, "%s%s%s", env, host != NULL ? ":" : "",
		    host != NULL ? host : "");
	s = at(all, hd_index_get(&all->names, name.ptr));
	return s != NULL && s->place == place ? s : NULL;
}

bool
hd_section_mentions(const struct hd_section *s, const struct hd_key *key)
{
	for (size_t i = 0; s != NULL && i < s->entries.n; i++)
		if (s->entries.v[i].key == key)
			return true;
	return false;
}
