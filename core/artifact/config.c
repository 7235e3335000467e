/*
 * sys.config: [{Application, [{Key, Value}]} | "file with more"].
 *
 * A start script of relx makes sys.config of sys.config.src: it replaces each
 * ${NAME} by the value of that variable, as text. So it can be any part of a
 * term, and even text that is not a term can become one.
 */
#include "core/artifact/parts_read.h"

#include "core/base/index.h"
#include "core/base/text.h"

#include <stdlib.h>
#include <string.h>

/* "%% coding: latin-1" */
static bool
says_latin1(const char *line, size_t n)
{
	HD_AUTO_ARENA scratch = { 0 };
	const char *text = hd_arena_strndup(&scratch, line, n);
	const char *at = strstr(text, "coding");

	if (at == NULL)
		return false;
	at += strlen("coding");
	if (*at != ':' && *at != '=')
		return false;
	at++;
	at += strspn(at, " \t");
	return strncmp(at, "latin-1", strlen("latin-1")) == 0;
}

/* The name of a key that list sets twice; NULL: none. application_controller
 * then refuses to boot. */
static const char *
find_twice(const struct hd_config *all, size_t from)
{
	HD_AUTO_ARENA scratch = { 0 };
	struct hd_index seen = { 0 };

	for (size_t i = from; i < all->n; i++)
		if ((*hd_index_at(&seen, &scratch, all->v[i].key))++ > 0)
			return all->v[i].key;
	return NULL;
}

bool
hd_config_add(struct hd_config *out, struct hd_arena *arena, const char *app,
    const struct hd_term *list)
{
	if (list->kind != HD_TERM_LIST || list->improper)
		return false;
	for (size_t i = 0; i < list->n; i++) {
		const struct hd_term *pair = &list->items[i];

		if (pair->kind == HD_TERM_SOURCE)
			continue; /* a variable with more keys */
		if (!hd_term_is(pair, HD_TERM_TUPLE, 2) ||
		    pair->items[0].kind != HD_TERM_ATOM)
			return false;
		*HD_PUSH(arena, out) = (struct hd_config_key){ app,
			pair->items[0].text, &pair->items[1] };
	}
	return true;
}

/* As application_controller checks it. */
static const char *
add_config(
    struct hd_config *out, struct hd_arena *arena, const struct hd_term *all)
{
	if (all->kind == HD_TERM_SOURCE)
		return NULL;
	if (all->kind != HD_TERM_LIST || all->improper)
		return "is not a list";
	for (size_t i = 0; i < all->n; i++) {
		const struct hd_term *t = &all->items[i];
		size_t before = out->n;
		const char *twice;

		if (t->kind == HD_TERM_STRING || t->kind == HD_TERM_SOURCE)
			continue;
		if (!hd_term_is(t, HD_TERM_TUPLE, 2) ||
		    t->items[0].kind != HD_TERM_ATOM)
			return hd_arena_fmt(arena,
			    "item %zu is not {Application, [{Key, Value}]}",
			    i + 1);
		if (t->items[1].kind != HD_TERM_SOURCE &&
		    !hd_config_add(out, arena, t->items[0].text, &t->items[1]))
			return hd_arena_fmt(arena,
			    "the value of %s is not a list of {Key, Value}",
			    t->items[0].text);
		twice = find_twice(out, before);
		if (twice != NULL)
			return hd_arena_fmt(
			    arena, "%s sets %s twice", t->items[0].text, twice);
	}
	return NULL;
}

struct place {
	struct hd_config *out;
	struct hd_index known; /* 1 + the index in out */
	struct hd_arena *scratch;
};

/* The last of two settings of a key counts, as application_controller merges
 * the lists of an application that occurs twice. */
static void
place(struct place *p, struct hd_arena *arena, const struct hd_config_key *key)
{
	const char *name = hd_arena_fmt(
	    p->scratch, "%zu %s %s", strlen(key->app), key->app, key->key);
	size_t *at = hd_index_at(&p->known, p->scratch, name);

	if (*at == 0) {
		*HD_PUSH(arena, p->out) = *key;
		*at = p->out->n;
	} else {
		p->out->v[*at - 1] = *key;
	}
}

static int
by_app_and_key(const void *a, const void *b)
{
	const struct hd_config_key *x = a, *y = b;
	int order = strcmp(x->app, y->app);

	return order != 0 ? order : strcmp(x->key, y->key);
}

static void
take_config(struct hd_artifact *a, const struct hd_config *all)
{
	HD_AUTO_ARENA scratch = { 0 };
	struct place p = { .out = &a->config, .scratch = &scratch };

	for (size_t i = 0; i < all->n; i++)
		place(&p, &a->arena, &all->v[i]);
	if (a->config.n > 0)
		qsort(a->config.v, a->config.n, sizeof(*a->config.v),
		    by_app_and_key);
}

/* The line of the first byte that is not UTF-8; 0: none. A file can declare
 * latin-1 in its first two lines (epp(3)). */
static size_t
bad_line(const struct hd_text *text)
{
	size_t line = 1;
	const char *at = text->text, *end = at + text->len;
	bool latin1 = false;

	for (; at < end; line++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop != NULL ? stop : end) - at);

		if (line <= 2 && *at == '%' && memchr(at, '\0', n) == NULL)
			latin1 |= says_latin1(at, n);
		if (!latin1 && !hd_text_utf8(at, n))
			return line;
		at += n + (stop != NULL);
	}
	return 0;
}

/* Reads the text as a term, with variables in it if it is a .src. */
static int
parse(struct hd_term *out, struct hd_arena *arena, const struct hd_text *text,
    bool src, struct hd_err *err)
{
	const enum hd_term_variables as =
	    src ? HD_TERM_VARIABLES_TERMS : HD_TERM_VARIABLES_NONE;
	struct hd_err ignored = { 0 };

	if (hd_term_parse_only(out, arena, text->text, text->len, as, err) == 0)
		return 0;
	if (src && hd_term_parse_only(out, arena, text->text, text->len,
		       HD_TERM_VARIABLES_EMPTY, &ignored) == 0)
		return 0;
	return -1;
}

static const char *
read_config(struct hd_artifact *a, const struct hd_text *text, bool src)
{
	size_t line = bad_line(text);
	struct hd_config all = { 0 };
	struct hd_err err = { 0 };
	const char *problem;
	struct hd_term t;

	if (line > 0)
		return hd_arena_fmt(&a->arena, "line %zu: not UTF-8", line);
	if (parse(&t, &a->arena, text, src, &err) < 0)
		return hd_arena_strdup(&a->arena, err.msg);
	problem = add_config(&all, &a->arena, &t);
	if (problem == NULL)
		take_config(a, &all);
	return problem;
}

void
hd_config_read(struct hd_artifact *a, const struct hd_scan *s)
{
	struct hd_version_text from = hd_version_text(a, s, "sys.config");
	const char *problem;

	a->config_path = from.path;
	if (from.text == NULL)
		return;
	problem = read_config(a, from.text, from.src);
	if (problem != NULL)
		hd_defect_add(a, HD_DEFECT_CONFIG, from.path, problem);
}
