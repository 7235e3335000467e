#include "core/inventory/reader.h"

#include "core/inventory/problem.h"
#include "core/base/text.h"

#include <ini.h>

#include <string.h>

enum { INI_NO_MEMORY = -2 }; /* as documented in ini.h */

#define BLANK " \t\v\f\r"

struct reader {
	const char *at, *end;
	unsigned line;
	struct hd_sections *out;
	struct hd_arena *arena;
	struct hd_problems *problems;
};

/* One line without its newline and trailing blanks, of which \r is one. */
struct line {
	const char *p;
	size_t n;
};

static bool
too_long(const struct line *l)
{
	return l->n > HD_LINE_MAX;
}

static bool
holds_nul(const struct line *l)
{
	return memchr(l->p, '\0', l->n) != NULL;
}

static bool
not_utf8(const struct line *l)
{
	return !hd_text_utf8(l->p, l->n);
}

static bool
not_printable(const struct line *l)
{
	return !hd_text_printable(l->p, l->n);
}

static bool
indented(const struct line *l)
{
	return strchr(BLANK, l->p[0]) != NULL;
}

static bool
ends_in_comment(const struct line *l)
{
	for (size_t i = 1; i < l->n; i++)
		if (strchr(";#", l->p[i]) != NULL &&
		    strchr(BLANK, l->p[i - 1]) != NULL)
			return true;
	return false;
}

static bool
section_unclosed(const struct line *l)
{
	return l->p[0] == '[' && memchr(l->p, ']', l->n) == NULL;
}

static bool
section_followed(const struct line *l)
{
	const char *close = memchr(l->p, ']', l->n);

	return l->p[0] == '[' && close != l->p + l->n - 1;
}

/* Length of the name: up to the first = or :, as inih reads it. */
static size_t
name_len(const struct line *l)
{
	size_t i = 0;

	while (i < l->n && strchr("=:", l->p[i]) == NULL)
		i++;
	return i;
}

static bool
no_equals(const struct line *l)
{
	size_t i = name_len(l);

	return l->p[0] != '[' && (i == l->n || l->p[i] != '=');
}

static bool
no_name(const struct line *l)
{
	return l->p[0] == '=';
}

/* In this order: each check may rely on the previous ones. */
static const struct {
	bool (*found)(const struct line *l);
	const char *text;
} refusals[] = {
	{ holds_nul, "NUL byte in the line" },
	{ not_utf8, "the line is not UTF-8 text" },
	{ not_printable, "control character in the line" },
	{ too_long, "the line is longer than 198 bytes; shorten it, for "
		    "instance by moving a command into a script" },
	{ indented, "the line begins with a blank; start settings and "
		    "sections in the first column" },
	{ ends_in_comment, "a blank before ; or # looks like a comment; put "
			   "comments on their own line, or remove the blank" },
	{ section_unclosed, "section without closing ]" },
	{ section_followed, "text after the section's ]" },
	{ no_equals, "not a setting; write NAME = VALUE" },
	{ no_name, "no name before the =" },
};

static bool
next_line(struct reader *r, struct line *l)
{
	const char *nl;

	if (r->at == r->end)
		return false;
	nl = memchr(r->at, '\n', (size_t)(r->end - r->at));
	l->p = r->at;
	l->n = (size_t)((nl != NULL ? nl : r->end) - r->at);
	r->at = nl != NULL ? nl + 1 : r->end;
	r->line++;
	while (l->n > 0 && strchr(BLANK, l->p[l->n - 1]) != NULL &&
	       l->p[l->n - 1] != '\0')
		l->n--;
	return true;
}

/* Comments and blank lines may contain anything and have any length. */
static bool
nothing_in(const struct line *l)
{
	size_t i = 0;

	while (i < l->n && l->p[i] != '\0' && strchr(BLANK, l->p[i]) != NULL)
		i++;
	return i == l->n || l->p[i] == ';' || l->p[i] == '#';
}

static struct hd_section *
current(const struct reader *r)
{
	return r->out->n > 0 ? &r->out->v[r->out->n - 1] : NULL;
}

static void
add_entry(struct reader *r, struct hd_setting e)
{
	struct hd_section *s = current(r);

	e.line = r->line;
	if (s != NULL)
		*HD_PUSH(r->arena, &s->entries) = e;
}

static void
add_section(struct reader *r, const char *name)
{
	*HD_PUSH(r->arena, r->out) =
	    (struct hd_section){ .line = r->line, .name = name };
}

/* Adds a refused section under the name that its line seems to contain. */
static void
refuse_section(struct reader *r, const struct line *l)
{
	size_t n = 1;

	while (n < l->n && strchr("];#" BLANK, l->p[n]) == NULL)
		n++;
	add_section(r, hd_arena_strndup(r->arena, l->p + 1, n - 1));
}

/* Records the key of a refused line as mentioned, so that it is not reported as
 * missing too. */
static void
refuse(struct reader *r, struct line l, const char *text)
{
	size_t n;

	hd_problem_add(r->problems, r->line, "%s", text);
	if (holds_nul(&l) || not_utf8(&l) || not_printable(&l))
		return;
	while (l.n > 0 && strchr(BLANK, l.p[0]) != NULL) {
		l.p++;
		l.n--;
	}
	if (l.p[0] == '[') {
		refuse_section(r, &l);
		return;
	}
	n = name_len(&l);
	while (n > 0 && strchr(BLANK, l.p[n - 1]) != NULL)
		n--;
	add_entry(r, (struct hd_setting){
			 .name = hd_arena_strndup(r->arena, l.p, n),
			 .bad = true,
		     });
}

static bool
line_ok(struct reader *r, const struct line *l)
{
	for (size_t i = 0; i < HD_COUNT(refusals); i++) {
		if (refusals[i].found(l)) {
			refuse(r, *l, refusals[i].text);
			return false;
		}
	}
	if (l->p[0] == '[') {
		add_section(r, hd_arena_strndup(r->arena, l->p + 1, l->n - 2));
	} else if (current(r) == NULL) {
		hd_problem_add(r->problems, r->line,
		    "setting before any section; put it under [app], "
		    "[defaults] or an environment");
		return false;
	}
	return true;
}

/* fgets() for inih. Refused lines become empty ones, so that line numbers stay
 * right. */
static char *
feed(char *to, int size, void *ctx)
{
	struct reader *r = ctx;
	struct line l;

	if (size < 2 || !next_line(r, &l))
		return NULL;
	to[0] = '\0';
	if (nothing_in(&l) || !line_ok(r, &l))
		return to;
	if (l.n >= (size_t)size) {
		refuse(r, l, "the line is too long for this build of inih");
		return to;
	}
	memcpy(to, l.p, l.n);
	to[l.n] = '\0';
	return to;
}

/* Ignores section, which inih cuts at 49 bytes: the reader has its own. */
static int
take(void *ctx, const char *section, const char *name, const char *value)
{
	struct reader *r = ctx;

	(void)section;
	add_entry(r, (struct hd_setting){
			 .name = hd_arena_strdup(r->arena, name),
			 .value = hd_arena_strdup(r->arena, value),
		     });
	return 1;
}

void
hd_sections_read(struct hd_sections *out, struct hd_arena *arena,
    const char *text, size_t n, struct hd_problems *problems)
{
	static const char mark[] = "\xef\xbb\xbf"; /* byte order mark */
	struct reader r = {
		.at = text,
		.end = text + n,
		.out = out,
		.arena = arena,
		.problems = problems,
	};
	int line;

	if (n >= sizeof(mark) - 1 && memcmp(text, mark, sizeof(mark) - 1) == 0)
		r.at += sizeof(mark) - 1;
	line = ini_parse_stream(feed, &r, take, &r);
	if (line == INI_NO_MEMORY)
		hd_alloc_failed();
	/* Not reached: feed() only passes lines that inih understands. */
	if (line != 0)
		hd_problem_add(problems, line > 0 ? (unsigned)line : 0,
		    "not understood; write NAME = VALUE or [SECTION]");
}
