#include "core/artifact/needs.h"

#include "core/base/index.h"
#include "core/base/name.h"

#include <string.h>

/* More is not a program that anybody links. */
enum { WORD_MAX = 128, LIBRARIES_MAX = 64, TERM_MAX = 1024 * 1024 };

/* The names of the files that the release brings. */
struct brought {
	struct hd_arena arena;
	struct hd_index names;
};

static void
collect(struct brought *b, const struct hd_artifact *a)
{
	for (size_t i = 0; i < a->entries.n; i++) {
		const char *path = a->entries.v[i].path;
		const char *name = strrchr(path, '/');

		name = name != NULL ? name + 1 : path;
		if (strstr(name, ".so") != NULL)
			*hd_index_at(&b->names, &b->arena, name) = 1;
	}
}

/* A word of the record and of a shell. */
static bool
is_word(const char *text)
{
	return text[0] != '\0' && text[0] != '-' && strlen(text) <= WORD_MAX &&
	       text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789._+/-")] == '\0';
}

typedef void add_fn(void *ctx, const char *word);

/* The absolute folders of "$ORIGIN/../lib:/opt/x/lib". */
static void
each_folder(
    const struct hd_elf *e, struct hd_arena *arena, add_fn *add, void *ctx)
{
	char *save = NULL;

	if (e->runpath == NULL)
		return;
	for (char *one =
		 strtok_r(hd_arena_strdup(arena, e->runpath), ":", &save);
	     one != NULL; one = strtok_r(NULL, ":", &save))
		if (one[0] == '/' && is_word(one))
			add(ctx, one);
}

static void
each_need(const struct hd_elf *e, struct brought *b, add_fn *add, void *ctx)
{
	for (size_t i = 0; i < e->libraries.n && i < LIBRARIES_MAX; i++) {
		const char *name = e->libraries.v[i];

		if (is_word(name) && strchr(name, '/') == NULL &&
		    hd_index_get(&b->names, name) == 0)
			add(ctx, name);
	}
	each_folder(e, &b->arena, add, ctx);
}

/* A list with this between its words. */
struct list {
	struct hd_str *out;
	const char *between;
	size_t n;
	struct hd_index *once; /* NULL: a word can come twice */
	struct hd_arena *arena;
};

static void
add_word(void *ctx, const char *word)
{
	struct list *l = ctx;

	if (l->once != NULL) {
		size_t *at = hd_index_at(l->once, l->arena, word);

		if ((*at)++ > 0)
			return;
	}
	hd_str_addf(l->out, "%s%s", l->n++ > 0 ? l->between : "", word);
}

static void
add_versions(struct hd_str *out, const struct hd_elf *e)
{
	if (e->glibc[0] > 0)
		hd_str_addf(out, " %u.%u", e->glibc[0], e->glibc[1]);
	else
		hd_str_add(out, " -");
	if (e->glibcxx[0] > 0)
		hd_str_addf(out, " %u.%u.%u ", e->glibcxx[0], e->glibcxx[1],
		    e->glibcxx[2]);
	else
		hd_str_add(out, " - ");
}

void
hd_needs_write(struct hd_str *out, const struct hd_artifact *a)
{
	struct brought b = { 0 };

	collect(&b, a);
	for (size_t i = 0; i < a->programs.n; i++) {
		const struct hd_program *p = &a->programs.v[i];
		struct list list = { .out = out, .between = "," };

		if (!is_word(p->path))
			continue;
		hd_str_addf(out, "program %s %u %s", p->path, p->needs.machine,
		    p->needs.loader[0] != '\0' ? p->needs.loader : "-");
		add_versions(out, &p->needs);
		each_need(&p->needs, &b, add_word, &list);
		hd_str_add(out, list.n > 0 ? "\n" : "-\n");
	}
	hd_arena_done(&b.arena);
}

void
hd_needs_list(struct hd_str *out, const struct hd_artifact *a)
{
	struct brought b = { 0 };
	struct hd_index once = { 0 };
	struct list list = {
		.out = out, .between = " ", .once = &once, .arena = &b.arena
	};

	collect(&b, a);
	for (size_t i = 0; i < a->programs.n; i++)
		each_need(&a->programs.v[i].needs, &b, add_word, &list);
	hd_arena_done(&b.arena);
}

struct variables {
	struct hd_str *out;
	const char *prefix, *path;
	struct hd_arena arena;
	struct hd_index once;
};

static void
add_variables(struct variables *v, const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";

	while ((text = strstr(text, "${")) != NULL) {
		size_t n = strspn(text += 2, letters);
		const char *name;

		n += n > 0 ? strcspn(text + n, "}:${ ") : 0;
		if (n == 0 || n > WORD_MAX || text[n] != '}')
			continue;
		name = hd_arena_strndup(&v->arena, text, n);
		if (hd_variable_valid(name) &&
		    (*hd_index_at(&v->once, &v->arena, name))++ == 0)
			hd_str_addf(
			    v->out, "%s%s %s\n", v->prefix, name, v->path);
	}
}

void
hd_needs_variables(
    struct hd_str *out, const struct hd_artifact *a, const char *prefix)
{
	struct variables v = { .out = out, .prefix = prefix };

	v.path = a->config_path;
	for (size_t i = 0; v.path != NULL && i < a->config.n; i++) {
		HD_AUTO_STR text = HD_STR_INIT(TERM_MAX);

		hd_term_add(&text, a->config.v[i].value);
		add_variables(&v, text.ptr);
	}
	v.path = a->vm_args_path;
	for (size_t i = 0; v.path != NULL && i < a->vm_args.n; i++)
		add_variables(&v, a->vm_args.v[i]);
	hd_arena_done(&v.arena);
}
