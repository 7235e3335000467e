#include "core/artifact/parts_read.h"

#include "core/base/index.h"

#include <stdlib.h>
#include <string.h>

static bool
starts(const char *text, const char *head)
{
	return strncmp(text, head, strlen(head)) == 0;
}

/* Modules */

struct modules {
	struct hd_artifact *a;
	struct hd_index libs; /* of the .rel: 1 */
	struct hd_arena *scratch;
};

/* The name of "FOLDER/NAME.beam" without ".beam"; NULL if path is not of this
 * form. n: the length of FOLDER with its slash. */
static const char *
beam_name(struct hd_arena *arena, const char *path, size_t n)
{
	size_t all = strlen(path), tail = strlen(".beam");

	if (all <= n + tail || strcmp(path + all - tail, ".beam") != 0 ||
	    strchr(path + n, '/') != NULL)
		return NULL;
	return hd_arena_strndup(arena, path + n, all - tail - n);
}

static void
add_module(struct modules *m, const char *lib, const char *name,
    const struct hd_item *item)
{
	struct hd_module *one;

	if (name == NULL)
		return;
	one = HD_PUSH(&m->a->arena, &m->a->modules);
	one->lib = lib;
	one->name = name;
	memcpy(one->digest, item->code, sizeof(one->digest));
}

/* lib/<lib>/ebin/<name>.beam, lib/<lib>/consolidated/<name>.beam */
static void
add_module_of_lib(struct modules *m, const struct hd_item *item)
{
	const char *path = item->entry.path, *name = path + strlen("lib/");
	const char *slash = strchr(name, '/');
	struct hd_arena *arena = &m->a->arena;
	const char *lib;
	size_t n;

	if (slash == NULL)
		return;
	n = (size_t)(slash - path) + 1;
	lib = hd_arena_strndup(m->scratch, name, (size_t)(slash - name));
	if (hd_index_get(&m->libs, lib) == 0)
		return;
	if (starts(path + n, "ebin/"))
		add_module(m, hd_arena_strdup(arena, lib),
		    beam_name(arena, path, n + strlen("ebin/")), item);
	else if (starts(path + n, HD_CONSOLIDATED "/"))
		add_module(m, HD_CONSOLIDATED,
		    beam_name(arena, path, n + strlen(HD_CONSOLIDATED "/")),
		    item);
}

static int
by_lib_and_name(const void *a, const void *b)
{
	const struct hd_module *x = a, *y = b;
	int order = strcmp(x->lib, y->lib);

	return order != 0 ? order : strcmp(x->name, y->name);
}

static void
read_modules(struct hd_artifact *a, const struct hd_scan *s,
    const struct hd_release *rel)
{
	HD_AUTO_ARENA scratch = { 0 };
	struct modules m = { .a = a, .scratch = &scratch };
	const char *own = hd_arena_fmt(
	    &scratch, "releases/%s/" HD_CONSOLIDATED "/", rel->version);

	for (size_t i = 0; i < rel->libs.n; i++)
		*hd_index_at(&m.libs, &scratch,
		    hd_arena_fmt(&scratch, "%s-%s", rel->libs.v[i].name,
			rel->libs.v[i].value)) = 1;
	for (size_t i = 0; i < s->items.n; i++) {
		const struct hd_item *item = &s->items.v[i];

		if (item->code[0] == '\0')
			continue;
		if (starts(item->entry.path, "lib/"))
			add_module_of_lib(&m, item);
		else if (starts(item->entry.path, own))
			add_module(&m, HD_CONSOLIDATED,
			    beam_name(&a->arena, item->entry.path, strlen(own)),
			    item);
	}
	if (a->modules.n > 0)
		qsort(a->modules.v, a->modules.n, sizeof(*a->modules.v),
		    by_lib_and_name);
}

/* Programs */

static int
by_path(const void *a, const void *b)
{
	const struct hd_program *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* A file that is packed twice counts once. */
static void
unite_programs(struct hd_artifact *a)
{
	size_t n = 0;

	if (a->programs.n > 0)
		qsort(a->programs.v, a->programs.n, sizeof(*a->programs.v),
		    by_path);
	for (size_t i = 0; i < a->programs.n; i++)
		if (n == 0 ||
		    by_path(&a->programs.v[n - 1], &a->programs.v[i]) != 0)
			a->programs.v[n++] = a->programs.v[i];
	a->programs.n = n;
}

static void
take_programs(struct hd_artifact *a, const struct hd_scan *s)
{
	for (size_t i = 0; i < s->programs.n; i++) {
		const struct hd_program *from = &s->programs.v[i];
		struct hd_program *to = HD_PUSH(&a->arena, &a->programs);

		to->path = hd_arena_strdup(&a->arena, from->path);
		hd_elf_merge(&to->needs, &a->arena, &from->needs);
	}
	unite_programs(a);
	for (size_t i = 0; i < a->programs.n; i++)
		if (starts(a->programs.v[i].path, "erts-"))
			hd_elf_merge(
			    &a->runtime, &a->arena, &a->programs.v[i].needs);
}

/* releases/RELEASES: [{release, Name, Version, Erts, [{App, Version, Folder}],
 * Status}]. */

static bool
read_libs(
    struct hd_pairs *out, struct hd_arena *arena, const struct hd_term *list)
{
	if (list->kind != HD_TERM_LIST)
		return false;
	for (size_t i = 0; i < list->n; i++) {
		const struct hd_term *t = &list->items[i];
		const struct hd_term *app = hd_term_at(t, 0);
		const char *version = hd_term_string(hd_term_at(t, 1));

		if (!hd_term_is(t, HD_TERM_TUPLE, 3) ||
		    app->kind != HD_TERM_ATOM || version == NULL)
			return false;
		*HD_PUSH(arena, out) = (struct hd_pair){ app->text, version };
	}
	return true;
}

static bool
read_listed(struct hd_releases_entry *out, struct hd_arena *arena,
    const struct hd_term *t)
{
	if (!hd_term_is(t, HD_TERM_TUPLE, 6) ||
	    !hd_term_is_atom(&t->items[0], "release") ||
	    hd_term_string(&t->items[1]) == NULL ||
	    hd_term_string(&t->items[2]) == NULL ||
	    hd_term_string(&t->items[3]) == NULL ||
	    t->items[5].kind != HD_TERM_ATOM)
		return false;
	*out = (struct hd_releases_entry){ .version = t->items[2].text,
		.erts = t->items[3].text,
		.status = t->items[5].text };
	return read_libs(&out->libs, arena, &t->items[4]);
}

static void
read_releases(struct hd_artifact *a, const struct hd_scan *s)
{
	const struct hd_text *text = hd_text_get(&s->texts, HD_RELEASES_FILE);
	struct hd_err err = { 0 };
	struct hd_term t;
	bool good;

	if (text == NULL)
		return;
	if (hd_term_parse_only(&t, &a->arena, text->text, text->len,
		HD_TERM_VARIABLES_NONE, &err) < 0) {
		hd_defect_add(a, HD_DEFECT_RELEASES, text->path, err.msg);
		return;
	}
	good = t.kind == HD_TERM_LIST;
	for (size_t i = 0; good && i < t.n; i++) {
		struct hd_releases_entry one;

		good = read_listed(&one, &a->arena, &t.items[i]);
		if (good)
			*HD_PUSH(&a->arena, &a->listed) = one;
	}
	if (!good)
		hd_defect_add(a, HD_DEFECT_RELEASES, text->path,
		    "is not a list of releases");
}

void
hd_parts_read(struct hd_artifact *a, const struct hd_scan *s,
    const struct hd_release *rel)
{
	read_modules(a, s, rel);
	take_programs(a, s);
	hd_applications_read(a, s, rel);
	hd_config_read(a, s);
	hd_vm_args_read(a, s);
	read_releases(a, s);
}
