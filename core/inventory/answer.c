#include "core/inventory/answer.h"

#include "core/base/text.h"
#include "core/inventory/problem.h"

#include <string.h>

#define BLANK " \t\r"

enum { LINE_LIMIT = 512, TITLE_MAX = 60 };

struct line {
	const char *p;
	size_t n;
};

static bool
is_blank(char c)
{
	return c != '\0' && strchr(BLANK, c) != NULL;
}

static void
trim(struct line *l)
{
	while (l->n > 0 && is_blank(l->p[l->n - 1]))
		l->n--;
	while (l->n > 0 && is_blank(l->p[0])) {
		l->p++;
		l->n--;
	}
}

/* Takes the next line off rest. */
static bool
next_line(struct line *l, struct line *rest)
{
	const char *nl;

	if (rest->n == 0)
		return false;
	nl = memchr(rest->p, '\n', rest->n);
	l->p = rest->p;
	l->n = nl != NULL ? (size_t)(nl - rest->p) : rest->n;
	rest->p += l->n + (nl != NULL);
	rest->n -= l->n + (nl != NULL);
	trim(l);
	return true;
}

static bool
is_nothing(const struct line *l)
{
	return l->n == 0 || l->p[0] == '#';
}

/* Removes "host =" from the start. */
static void
skip_key(struct line *l)
{
	static const char key[] = "host";
	size_t n = sizeof(key) - 1;

	if (l->n < n || memcmp(l->p, key, n) != 0)
		return;
	while (n < l->n && is_blank(l->p[n]))
		n++;
	if (n == l->n || l->p[n] != '=')
		return;
	l->p += n + 1;
	l->n -= n + 1;
	trim(l);
}

static int
read_line(struct hd_host_line *out, struct hd_arena *arena, struct line l,
    struct hd_err *err)
{
	if (l.n > LINE_LIMIT)
		return hd_err_set(err, HD_ECONFIG,
		    "the line is longer than %d bytes", LINE_LIMIT);
	if (!hd_text_utf8(l.p, l.n) || !hd_text_printable(l.p, l.n) ||
	    memchr(l.p, '\0', l.n) != NULL)
		return hd_err_set(
		    err, HD_ECONFIG, "control character, or not UTF-8 text");
	skip_key(&l);
	if (l.n == 0)
		return hd_err_set(err, HD_ECONFIG, "no host after host =");
	return hd_host_parse(
	    out, arena, hd_arena_strndup(arena, l.p, l.n), err);
}

static const char *
place_of(struct hd_arena *a, const struct hd_host_source *s, unsigned line)
{
	static const char *const words[] = {
		[HD_SOURCE_COMMAND] = "line",
		[HD_SOURCE_SRV] = "record",
	};

	return hd_arena_fmt(
	    a, "%s %u of %s", words[s->kind], line, hd_source_title(a, s));
}

void
hd_answer_read(struct hd_answer_lines *out, struct hd_arena *arena,
    const struct hd_host_source *s, const struct hd_answer *answer,
    struct hd_problems *problems)
{
	struct line rest = { answer->text, answer->n }, l;

	for (unsigned number = 1; next_line(&l, &rest); number++) {
		struct hd_answer_line line = { 0 };
		struct hd_err err;

		if (is_nothing(&l))
			continue;
		line.place = place_of(arena, s, number);
		if (read_line(&line.hosts, arena, l, &err) == 0) {
			*HD_PUSH(arena, out) = line;
			continue;
		}
		hd_problem_add(
		    problems, s->line, "hosts: %s: %s", line.place, err.msg);
		out->bad = true;
	}
}

bool
hd_answer_says_something(const char *text, size_t n)
{
	struct line rest = { text, n }, l;

	while (next_line(&l, &rest))
		if (!is_nothing(&l))
			return true;
	return false;
}

const char *
hd_source_title(struct hd_arena *a, const struct hd_host_source *s)
{
	size_t n = strlen(s->text);
	bool cut = n > TITLE_MAX;

	if (s->kind == HD_SOURCE_SRV)
		return s->text;
	n = cut ? TITLE_MAX : n;
	while (cut && n > 0 && (s->text[n] & 0xc0) == 0x80)
		n--; /* not inside a character */
	return hd_arena_fmt(a, "`%.*s%s`", (int)n, s->text, cut ? "..." : "");
}
