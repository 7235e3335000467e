/* .app files: {application, Name, [{Key, Value}]}. */
#include "core/artifact/parts_read.h"

#include <string.h>

/* The value of key in a list of pairs; NULL: it has none. */
static const struct hd_term *
value_of(const struct hd_term *list, const char *key)
{
	for (size_t i = 0; list != NULL && i < list->n; i++)
		if (hd_term_is(&list->items[i], HD_TERM_TUPLE, 2) &&
		    hd_term_is_atom(&list->items[i].items[0], key))
			return &list->items[i].items[1];
	return NULL;
}

static void
add_atoms(
    struct hd_strs *out, struct hd_arena *arena, const struct hd_term *list)
{
	if (list == NULL || list->kind != HD_TERM_LIST)
		return;
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].kind == HD_TERM_ATOM)
			*HD_PUSH(arena, out) = list->items[i].text;
}

static void
read_app(struct hd_application *out, struct hd_arena *arena,
    const struct hd_text *text)
{
	struct hd_err ignored = { 0 };
	const struct hd_term *keys, *mod, *env;
	struct hd_term t;

	if (hd_term_parse_only(&t, arena, text->text, text->len,
		HD_TERM_VARIABLES_NONE, &ignored) < 0 ||
	    !hd_term_is(&t, HD_TERM_TUPLE, 3))
		return;
	keys = &t.items[2];
	mod = hd_term_at(value_of(keys, "mod"), 0);
	if (mod != NULL && mod->kind == HD_TERM_ATOM)
		out->callback = mod->text;
	add_atoms(&out->modules, arena, value_of(keys, "modules"));
	add_atoms(&out->needs, arena, value_of(keys, "applications"));
	add_atoms(&out->needs, arena, value_of(keys, "included_applications"));
	env = value_of(keys, "env");
	if (env != NULL)
		hd_config_add(&out->env, arena, out->name, env);
}

void
hd_applications_read(struct hd_artifact *a, const struct hd_scan *s,
    const struct hd_release *rel)
{
	struct hd_arena *arena = &a->arena;

	for (size_t i = 0; i < rel->libs.n; i++) {
		const struct hd_pair *lib = &rel->libs.v[i];
		struct hd_application one = {
			.name = hd_arena_strdup(arena, lib->name),
			.version = hd_arena_strdup(arena, lib->value),
			.lib =
			    hd_arena_fmt(arena, "%s-%s", lib->name, lib->value),
		};
		const char *path = hd_arena_fmt(
		    arena, "lib/%s/ebin/%s.app", one.lib, one.name);
		const struct hd_text *text = hd_text_get(&s->texts, path);

		if (text != NULL)
			read_app(&one, arena, text);
		one.appup = hd_scan_has(s, hd_arena_fmt(arena, "%sup", path));
		*HD_PUSH(arena, &a->applications) = one;
	}
}
