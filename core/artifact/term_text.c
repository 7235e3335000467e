/* Erlang terms as text. */
#include "core/artifact/term.h"

#include <string.h>

static bool
is_plain_atom(const char *text)
{
	static const char *const words[] = { "after", "and", "andalso", "band",
		"begin", "bnot", "bor", "bsl", "bsr", "bxor", "case", "catch",
		"cond", "div", "else", "end", "fun", "if", "let", "maybe",
		"not", "of", "or", "orelse", "receive", "rem", "try", "when",
		"xor" };
	static const char more[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@";

	for (size_t i = 0; i < HD_COUNT(words); i++)
		if (strcmp(words[i], text) == 0)
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
		else if ((unsigned char)*p < ' ' || *p == '\177')
			hd_str_addf(out, "\\x{%x}", (unsigned)*p);
		else
			hd_str_addn(out, p, 1);
	}
	hd_str_addn(out, &quote, 1);
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
		hd_str_add(out, t->text);
		return;
	case HD_TERM_BINARY:
		hd_str_addf(out, "<<%s>>", t->text);
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
