#include "core/artifact/term.h"

#include <string.h>

enum { DEPTH_MAX = 100, PARTS_MAX = 200000 };

struct reader {
	struct hd_arena *arena;
	const char *at, *end, *start;
	size_t parts;
	unsigned depth;
	struct hd_err *err;
};

static int read_term(struct reader *r, struct hd_term *out);

static int
fail(struct reader *r, const char *what)
{
	size_t line = 1;

	for (const char *p = r->start; p < r->at; p++)
		line += *p == '\n';
	return hd_err_set(r->err, HD_ELOCAL, "line %zu: %s", line, what);
}

/* The next byte, or 0 at the end. */
static char
peek(const struct reader *r)
{
	return r->at < r->end ? *r->at : '\0';
}

static void
skip_space(struct reader *r)
{
	while (r->at < r->end) {
		if (*r->at == '%')
			while (r->at < r->end && *r->at != '\n')
				r->at++;
		else if (strchr(" \t\r\n\f\v", *r->at) != NULL && *r->at != 0)
			r->at++;
		else
			return;
	}
}

/* Takes token if it comes next, without skipping white space. */
static bool
follows(struct reader *r, const char *token)
{
	size_t n = strlen(token);

	if ((size_t)(r->end - r->at) < n || memcmp(r->at, token, n) != 0)
		return false;
	r->at += n;
	return true;
}

static bool
accept(struct reader *r, const char *token)
{
	skip_space(r);
	return follows(r, token);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Bytes over 127 are UTF-8, which an atom may contain. */
static bool
starts_atom(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c > 127;
}

/* Whether c may be in an atom or a number, after its start. */
static bool
is_word(char c)
{
	return starts_atom(c) || is_digit(c) || (c >= 'A' && c <= 'Z') ||
	       c == '_' || c == '@';
}

static void
add_utf8(char **to, unsigned long c)
{
	static const struct {
		unsigned long below;
		unsigned char first;
		int more;
	} forms[] = { { 0x80, 0, 0 }, { 0x800, 0xc0, 1 }, { 0x10000, 0xe0, 2 },
		{ 0x110000, 0xf0, 3 } };

	for (size_t i = 0; i < HD_COUNT(forms); i++) {
		int shift = forms[i].more * 6;

		if (c >= forms[i].below)
			continue;
		*(*to)++ = (char)(forms[i].first | c >> shift);
		while ((shift -= 6) >= 0)
			*(*to)++ = (char)(0x80 | (c >> shift & 0x3f));
		return;
	}
}

static int
digit_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = strchr(digits, c >= 'A' && c <= 'F' ? c | 32 : c);

	return c == '\0' || p == NULL ? 16 : (int)(p - digits);
}

/* Reads up to max digits of base. */
static unsigned long
read_code(struct reader *r, int base, int max)
{
	unsigned long c = 0;

	while (max-- > 0 && digit_value(peek(r)) < base)
		c = c * (unsigned)base + (unsigned)digit_value(*r->at++);
	return c;
}

/* Reads an escape sequence after its backslash. Never writes more bytes than it
 * reads. */
static int
read_escape(struct reader *r, char **to)
{
	static const char from[] = "ntrsbdefv", into[] = "\n\t\r \b\177\33\f\v";
	const char *p;
	unsigned long c;

	if (peek(r) == '\0')
		return fail(r, "unterminated text");
	if (digit_value(*r->at) < 8) {
		c = read_code(r, 8, 3);
	} else if (follows(r, "x{")) {
		c = read_code(r, 16, 6);
		if (!follows(r, "}"))
			return fail(r, "bad \\x{...}");
	} else if (follows(r, "x")) {
		c = read_code(r, 16, 2);
	} else {
		p = strchr(from, *r->at);
		*(*to)++ = p != NULL ? into[p - from] : *r->at;
		r->at++;
		return 0;
	}
	if (c == 0 || c > 0x10ffff)
		return fail(r, "character that no name can contain");
	add_utf8(to, c);
	return 0;
}

/* Reads "..." or '...' after the opening quote; *to has room for it. */
static int
read_quoted(struct reader *r, char quote, char **to)
{
	while (r->at < r->end && *r->at != quote) {
		if (*r->at == '\0')
			return fail(r, "NUL byte");
		if (*r->at != '\\') {
			*(*to)++ = *r->at++;
			continue;
		}
		r->at++;
		if (read_escape(r, to) < 0)
			return -1;
	}
	if (r->at == r->end)
		return fail(r, "unterminated text");
	r->at++;
	return 0;
}

/* The length of the quoted text at r->at in the source. */
static size_t
quoted_len(const struct reader *r, char quote)
{
	const char *p = r->at;

	while (p < r->end && *p != quote)
		p += *p == '\\' && r->end - p > 1 ? 2 : 1;
	return (size_t)(p - r->at);
}

static char *
room_for_quoted(const struct reader *r, char quote)
{
	return hd_arena_alloc(r->arena, quoted_len(r, quote) + 1);
}

static int
read_atom_quoted(struct reader *r, struct hd_term *out)
{
	char *to = room_for_quoted(r, '\'');

	out->kind = HD_TERM_ATOM;
	out->text = to;
	return read_quoted(r, '\'', &to);
}

/* Room for a string and the strings that directly follow it. */
static char *
room_for_strings(const struct reader *r)
{
	struct reader ahead = *r;
	size_t room = 1;

	do {
		size_t n = quoted_len(&ahead, '"');

		room += n;
		ahead.at += n;
		if (ahead.at < ahead.end)
			ahead.at++;
	} while (accept(&ahead, "\""));
	return hd_arena_alloc(r->arena, room);
}

/* "a" "b" is one string. */
static int
read_string(struct reader *r, struct hd_term *out)
{
	char *to = room_for_strings(r);

	out->kind = HD_TERM_STRING;
	out->text = to;
	do
		if (read_quoted(r, '"', &to) < 0)
			return -1;
	while (accept(r, "\""));
	return 0;
}

/* $c, as in [$a,$b]. */
static int
read_character(struct reader *r, struct hd_term *out)
{
	const char *start = r->at - 1;
	char scratch[8], *to = scratch;

	if (r->at == r->end)
		return fail(r, "unterminated text");
	if (!follows(r, "\\"))
		r->at++;
	else if (read_escape(r, &to) < 0)
		return -1;
	out->kind = HD_TERM_NUMBER;
	out->text = hd_arena_strndup(r->arena, start, (size_t)(r->at - start));
	return 0;
}

/* Reads up to ">>" without parsing the contents, except strings. */
static int
read_binary(struct reader *r, struct hd_term *out)
{
	const char *start = r->at;

	while (!accept(r, ">>")) {
		char *to;

		if (r->at >= r->end)
			return fail(r, "<< without >>");
		if (!follows(r, "\"")) {
			r->at++;
			continue;
		}
		to = room_for_quoted(r, '"');
		if (read_quoted(r, '"', &to) < 0)
			return -1;
	}
	out->kind = HD_TERM_BINARY;
	out->text =
	    hd_arena_strndup(r->arena, start, (size_t)(r->at - start) - 2);
	return 0;
}

struct bracket {
	const char *open, *close;
	enum hd_term_kind kind;
};

/* Takes what separates item n from the next: "=>" after a key, "|" before the
 * tail of a list, which is its last item. */
static bool
take_separator(struct reader *r, struct hd_term *out, size_t n)
{
	if (out->kind == HD_TERM_MAP && n % 2 == 1)
		return accept(r, "=>");
	if (out->improper)
		return false;
	out->improper = out->kind == HD_TERM_LIST && accept(r, "|");
	return out->improper || accept(r, ",");
}

static int
read_items(struct reader *r, const struct bracket *b, struct hd_term *out)
{
	HD_LIST(struct hd_term) items = { 0 };

	out->kind = b->kind;
	if (accept(r, b->close))
		return 0;
	do {
		struct hd_term item;

		if (read_term(r, &item) < 0)
			return -1;
		*HD_PUSH(r->arena, &items) = item;
	} while (take_separator(r, out, items.n));
	if (out->kind == HD_TERM_MAP && items.n % 2 == 1)
		return fail(r, "=> is missing");
	if (!accept(r, b->close))
		return fail(r, "a comma or a closing bracket is missing");
	out->items = items.v;
	out->n = items.n;
	return 0;
}

static int
read_word(struct reader *r, struct hd_term *out)
{
	const char *start = r->at;
	bool number = is_digit(*start) || *start == '-' || *start == '+';

	if (!number && !starts_atom(*start))
		return fail(r, "not an Erlang term");
	for (r->at++; r->at < r->end; r->at++) {
		bool inside =
		    number && (*r->at == '#' || *r->at == '-' ||
				  (*r->at == '.' && r->end - r->at > 1 &&
				      is_digit(r->at[1])));

		if (!is_word(*r->at) && !inside)
			break;
	}
	out->kind = number ? HD_TERM_NUMBER : HD_TERM_ATOM;
	out->text = hd_arena_strndup(r->arena, start, (size_t)(r->at - start));
	return 0;
}

static int
read_any(struct reader *r, struct hd_term *out)
{
	static const struct {
		const char *token;
		int (*read)(struct reader *r, struct hd_term *out);
	} texts[] = { { "\"", read_string }, { "'", read_atom_quoted },
		{ "$", read_character }, { "<<", read_binary } };
	static const struct bracket brackets[] = {
		{ "{", "}", HD_TERM_TUPLE },
		{ "[", "]", HD_TERM_LIST },
		{ "#{", "}", HD_TERM_MAP },
	};

	for (size_t i = 0; i < HD_COUNT(texts); i++)
		if (accept(r, texts[i].token))
			return texts[i].read(r, out);
	for (size_t i = 0; i < HD_COUNT(brackets); i++)
		if (accept(r, brackets[i].open))
			return read_items(r, &brackets[i], out);
	if (r->at == r->end)
		return fail(r, "ends in the middle of a term");
	return read_word(r, out);
}

static int
read_term(struct reader *r, struct hd_term *out)
{
	int status;

	*out = (struct hd_term){ 0 };
	if (++r->parts > PARTS_MAX)
		return fail(r, "too large");
	if (++r->depth > DEPTH_MAX)
		return fail(r, "nested too deeply");
	status = read_any(r, out);
	r->depth--;
	return status;
}

int
hd_term_parse(struct hd_term *out, struct hd_arena *arena, const char *text,
    size_t n, struct hd_err *err)
{
	struct reader r = { .arena = arena,
		.at = text,
		.end = text + n,
		.start = text,
		.err = err };

	if (read_term(&r, out) < 0)
		return -1;
	if (!accept(&r, "."))
		return fail(&r, "the dot after the term is missing");
	return 0;
}

bool
hd_term_is(const struct hd_term *t, enum hd_term_kind kind, size_t n)
{
	return t != NULL && t->kind == kind && t->n == n;
}

bool
hd_term_is_atom(const struct hd_term *t, const char *name)
{
	return t != NULL && t->kind == HD_TERM_ATOM &&
	       strcmp(t->text, name) == 0;
}

const struct hd_term *
hd_term_at(const struct hd_term *t, size_t i)
{
	return t != NULL && i < t->n ? &t->items[i] : NULL;
}

const char *
hd_term_string(const struct hd_term *t)
{
	return t != NULL && t->kind == HD_TERM_STRING ? t->text : NULL;
}
