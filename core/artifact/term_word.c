/* Terms without brackets: texts, numbers, atoms, binaries. */
#include "core/artifact/term_reader.h"

#include <string.h>

/* The next byte, or 0 at the end. */
static char
peek(const struct hd_term_reader *r)
{
	return r->at < r->end ? *r->at : '\0';
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

/* Whether c may be in an atom, after its start. */
static bool
is_word(char c)
{
	return starts_atom(c) || is_digit(c) || (c >= 'A' && c <= 'Z') ||
	       c == '_' || c == '@';
}

/* NUL becomes the two bytes of Modified UTF-8, because texts end with NUL. */
static void
add_utf8(char **to, unsigned long c)
{
	static const struct {
		unsigned long below;
		unsigned char first;
		int more;
	} forms[] = { { 0x80, 0, 0 }, { 0x800, 0xc0, 1 }, { 0x10000, 0xe0, 2 },
		{ 0x110000, 0xf0, 3 } };

	for (size_t i = c == 0; i < HD_COUNT(forms); i++) {
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
read_code(struct hd_term_reader *r, int base, int max)
{
	unsigned long c = 0;

	while (max-- > 0 && digit_value(peek(r)) < base)
		c = c * (unsigned)base + (unsigned)digit_value(*r->at++);
	return c;
}

/* Reads an escape sequence after its backslash. Never writes more bytes than it
 * reads. */
static int
read_escape(struct hd_term_reader *r, char **to)
{
	static const char from[] = "ntrsbdefv", into[] = "\n\t\r \b\177\33\f\v";
	const char *p;
	unsigned long c;

	if (peek(r) == '\0')
		return hd_term_fail(r, "unterminated text");
	if (digit_value(*r->at) < 8) {
		c = read_code(r, 8, 3);
	} else if (hd_term_follows(r, "x{")) {
		c = read_code(r, 16, 6);
		if (!hd_term_follows(r, "}"))
			return hd_term_fail(r, "bad \\x{...}");
	} else if (hd_term_follows(r, "x")) {
		c = read_code(r, 16, 2);
	} else {
		p = strchr(from, *r->at);
		*(*to)++ = p != NULL ? into[p - from] : *r->at;
		r->at++;
		return 0;
	}
	if (c > 0x10ffff)
		return hd_term_fail(r, "not a Unicode character");
	add_utf8(to, c);
	return 0;
}

/* Reads "..." or '...' after the opening quote; *to has room for it. */
static int
read_quoted(struct hd_term_reader *r, char quote, char **to)
{
	while (r->at < r->end && *r->at != quote) {
		if (*r->at == '\0')
			return hd_term_fail(r, "NUL byte");
		if (*r->at != '\\') {
			*(*to)++ = *r->at++;
			continue;
		}
		r->at++;
		if (read_escape(r, to) < 0)
			return -1;
	}
	if (r->at == r->end)
		return hd_term_fail(r, "unterminated text");
	r->at++;
	return 0;
}

/* The length of the quoted text at r->at in the source. */
static size_t
quoted_len(const struct hd_term_reader *r, char quote)
{
	const char *p = r->at;

	while (p < r->end && *p != quote)
		p += *p == '\\' && r->end - p > 1 ? 2 : 1;
	return (size_t)(p - r->at);
}

static char *
room_for_quoted(const struct hd_term_reader *r, char quote)
{
	return hd_arena_alloc(r->arena, quoted_len(r, quote) + 1);
}

static int
read_atom_quoted(struct hd_term_reader *r, struct hd_term *out)
{
	char *to = room_for_quoted(r, '\'');

	out->kind = HD_TERM_ATOM;
	out->text = to;
	return read_quoted(r, '\'', &to);
}

/* Room for a string and the strings that directly follow it. */
static char *
room_for_strings(const struct hd_term_reader *r)
{
	struct hd_term_reader ahead = *r;
	size_t room = 1;

	do {
		size_t n = quoted_len(&ahead, '"');

		room += n;
		ahead.at += n;
		if (ahead.at < ahead.end)
			ahead.at++;
	} while (hd_term_accept(&ahead, "\""));
	return hd_arena_alloc(r->arena, room);
}

/* "a" "b" is one string. */
static int
read_string(struct hd_term_reader *r, struct hd_term *out)
{
	char *to = room_for_strings(r);

	out->kind = HD_TERM_STRING;
	out->text = to;
	do
		if (read_quoted(r, '"', &to) < 0)
			return -1;
	while (hd_term_accept(r, "\""));
	return 0;
}

static void
take_source(struct hd_term_reader *r, struct hd_term *out,
    enum hd_term_kind kind, const char *start)
{
	out->kind = kind;
	out->text = hd_arena_strndup(r->arena, start, (size_t)(r->at - start));
}

/* $c, as in [$a,$b]. */
static int
read_character(struct hd_term_reader *r, struct hd_term *out)
{
	const char *start = r->at - 1;
	char scratch[8], *to = scratch;

	if (r->at == r->end)
		return hd_term_fail(r, "unterminated text");
	if (!hd_term_follows(r, "\\"))
		r->at++;
	else if (read_escape(r, &to) < 0)
		return -1;
	while (((unsigned char)peek(r) & 0xc0) == 0x80)
		r->at++; /* the rest of a character in UTF-8 */
	take_source(r, out, HD_TERM_NUMBER, start);
	return 0;
}

/* Reads up to ">>" without parsing the contents, except strings. */
static int
read_binary(struct hd_term_reader *r, struct hd_term *out)
{
	const char *start = r->at;

	while (!hd_term_accept(r, ">>")) {
		char *to;

		if (r->at >= r->end)
			return hd_term_fail(r, "<< without >>");
		if (!hd_term_follows(r, "\"")) {
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

static bool
is_reserved(const char *word)
{
	for (size_t i = 0; hd_term_reserved[i] != NULL; i++)
		if (strcmp(word, hd_term_reserved[i]) == 0)
			return true;
	return false;
}

static int
read_name(struct hd_term_reader *r, struct hd_term *out)
{
	const char *start;

	(void)hd_term_accept(r, "");
	if (hd_term_follows(r, "'"))
		return read_atom_quoted(r, out);
	for (start = r->at; is_word(peek(r));)
		r->at++;
	take_source(r, out, HD_TERM_ATOM, start);
	if (!starts_atom(out->text[0]) || is_reserved(out->text))
		return hd_term_fail(r, "not an atom");
	return 0;
}

/* fun module:name/1, after "fun" */
static int
read_fun(struct hd_term_reader *r, struct hd_term *out)
{
	static const char form[] = "not fun module:name/arity";
	struct hd_term module, name;
	const char *arity;

	if (read_name(r, &module) < 0)
		return -1;
	if (!hd_term_accept(r, ":"))
		return hd_term_fail(r, form);
	if (read_name(r, &name) < 0)
		return -1;
	if (!hd_term_accept(r, "/"))
		return hd_term_fail(r, form);
	(void)hd_term_accept(r, "");
	arity = r->at;
	hd_term_skip_digits(r, 10);
	if (r->at == arity)
		return hd_term_fail(r, form);
	out->kind = HD_TERM_SOURCE;
	out->text = hd_arena_fmt(r->arena, "fun %s:%s/%.*s", module.text,
	    name.text, (int)(r->at - arity), arity);
	return 0;
}

static int
read_atom(struct hd_term_reader *r, struct hd_term *out)
{
	const char *start = r->at;

	while (is_word(peek(r)))
		r->at++;
	take_source(r, out, HD_TERM_ATOM, start);
	if (strcmp(out->text, "fun") == 0)
		return read_fun(r, out);
	if (!is_reserved(out->text))
		return 0;
	r->at = start;
	return hd_term_fail(
	    r, "a word of the language: as an atom it needs quotes");
}

/* A run of letters and variables with at least one variable: ${PORT}, a${B}. */
static bool
take_variables(struct hd_term_reader *r, struct hd_term *out)
{
	const char *start = r->at;
	bool found = false;
	size_t n;

	if (r->variables != HD_TERM_VARIABLES_TERMS)
		return false;
	while (r->at < r->end) {
		n = hd_term_variable(r->at, r->end);
		found |= n > 0;
		if (n == 0 && !is_word(*r->at) && strchr("-+.", *r->at) == NULL)
			break;
		if (*r->at == '\0' ||
		    (*r->at == '.' &&
			(r->end - r->at < 2 || !is_word(r->at[1]))))
			break;
		r->at += n > 0 ? n : 1;
	}
	if (found)
		take_source(r, out, HD_TERM_SOURCE, start);
	else
		r->at = start;
	return found;
}

/* -1, - $a */
static int
read_signed(struct hd_term_reader *r, struct hd_term *out)
{
	const char *sign = *r->at == '-' ? "-" : "";

	if (hd_term_follows(r, "-") || hd_term_follows(r, "+"))
		(void)hd_term_accept(r, ""); /* white space */
	if (!hd_term_follows(r, "$"))
		return hd_term_read_number(r, sign, out);
	if (read_character(r, out) < 0)
		return -1;
	out->text = hd_arena_fmt(r->arena, "%s%s", sign, out->text);
	return 0;
}

int
hd_term_read_word(struct hd_term_reader *r, struct hd_term *out)
{
	static const struct {
		const char *token;
		int (*read)(struct hd_term_reader *r, struct hd_term *out);
	} texts[] = { { "\"", read_string }, { "'", read_atom_quoted },
		{ "$", read_character }, { "<<", read_binary } };

	if (take_variables(r, out))
		return 0;
	for (size_t i = 0; i < HD_COUNT(texts); i++)
		if (hd_term_follows(r, texts[i].token))
			return texts[i].read(r, out);
	if (r->at == r->end)
		return hd_term_fail(r, "ends in the middle of a term");
	if (is_digit(*r->at) || *r->at == '-' || *r->at == '+')
		return read_signed(r, out);
	if (starts_atom(*r->at))
		return read_atom(r, out);
	return hd_term_fail(r, "not an Erlang term");
}
