/* Erlang terms as text. */
#include "core/artifact/term.h"

#include <string.h>

const char *const hd_term_reserved[] = { "after", "and", "andalso", "band",
	"begin", "bnot", "bor", "bsl", "bsr", "bxor", "case", "catch", "cond",
	"div", "end", "fun", "if", "let", "not", "of", "or", "orelse",
	"receive", "rem", "try", "when", "xor", NULL };

static bool
is_plain_atom(const char *text)
{
	static const char more[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@";

	for (size_t i = 0; hd_term_reserved[i] != NULL; i++)
		if (strcmp(hd_term_reserved[i], text) == 0)
			return false;
	return text[0] >= 'a' && text[0] <= 'z' &&
	       strspn(text, more) == strlen(text);
}

/* Control characters become escapes, so that the text is one line. */
static void
add_quoted(struct hd_str *out, char quote, const char *text)
{
	static const char from[] = "\n\t\r\b\33\f\v", into[] = "ntrbefv";

	hd_str_addn(out, &quote, 1);
	for (const char *p = text; *p != '\0'; p++) {
		const char *escape = strchr(from, *p);

		if (escape != NULL)
			hd_str_addf(out, "\\%c", into[escape - from]);
		else if (*p == quote || *p == '\\')
			hd_str_addf(out, "\\%c", *p);
		else if (memcmp(p, "\xc0\x80", 2) == 0)
			hd_str_add(out, "\\x{0}");
		else if (p > text && memcmp(p - 1, "\xc0\x80", 2) == 0)
			continue;
		else if ((unsigned char)*p < ' ' || *p == '\177')
			hd_str_addf(out, "\\x{%x}", (unsigned)*p);
		else
			hd_str_addn(out, p, 1);
	}
	hd_str_addn(out, &quote, 1);
}

/* The source inside of <<82,69>> as "RE"; false if it is not a list of
 * printable ASCII. Elixir writes its strings so. */
static bool
add_ascii(struct hd_str *out, const char *text)
{
	HD_AUTO_FREE char *ascii = hd_alloc(strlen(text) + 1);
	size_t n = 0;

	for (const char *p = text; *p != '\0';) {
		unsigned c = 0;

		for (; *p >= '0' && *p <= '9' && c < 128; p++)
			c = c * 10 + (unsigned)(*p - '0');
		if (c < ' ' || c > '~' || (*p != ',' && *p != '\0'))
			return false;
		ascii[n++] = (char)c;
		p += *p == ',';
	}
	if (n > 0)
		add_quoted(out, '"', ascii);
	return n > 0;
}

static void
add_binary(struct hd_str *out, const char *text)
{
	hd_str_add(out, "<<");
	if (!add_ascii(out, text))
		hd_str_add(out, text);
	hd_str_add(out, ">>");
}

/* The text between item i and the one before. */
static const char *
between(const struct hd_term *t, size_t i)
{
	if (t->kind == HD_TERM_MAP && i % 2 == 1)
		return "=>";
	return t->improper && i + 1 == t->n ? "|" : ",";
}

static void
add_items(struct hd_str *out, const struct hd_term *t, const char *open,
    const char *close)
{
	hd_str_add(out, open);
	for (size_t i = 0; i < t->n; i++) {
		if (i > 0)
			hd_str_add(out, between(t, i));
		hd_term_add(out, &t->items[i]);
	}
	hd_str_add(out, close);
}

void
hd_term_add(struct hd_str *out, const struct hd_term *t)
{
	switch (t->kind) {
	case HD_TERM_ATOM:
		if (is_plain_atom(t->text))
			hd_str_add(out, t->text);
		else
			add_quoted(out, '\'', t->text);
		return;
	case HD_TERM_STRING:
		add_quoted(out, '"', t->text);
		return;
	case HD_TERM_NUMBER:
	case HD_TERM_SOURCE:
		hd_str_add(out, t->text);
		return;
	case HD_TERM_BINARY:
		add_binary(out, t->text);
		return;
	case HD_TERM_TUPLE:
		add_items(out, t, "{", "}");
		return;
	case HD_TERM_LIST:
		add_items(out, t, "[", "]");
		return;
	case HD_TERM_MAP:
		add_items(out, t, "#{", "}");
		return;
	}
}
