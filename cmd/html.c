#include "cmd/html.h"

#include <string.h>

static const char *
entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* Where to cut: not within a character of UTF-8. */
static size_t
length(const char *text, size_t max)
{
	size_t n = strlen(text);

	if (n <= max)
		return n;
	n = max;
	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

void
hd_html_text(struct hd_str *out, const char *text, size_t max)
{
	size_t n = text != NULL ? length(text, max) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *name = entity(text[i]);
		unsigned char c = (unsigned char)text[i];

		if (name != NULL)
			hd_str_add(out, name);
		else if ((c < ' ' && c != '\t') || c == 0x7f)
			hd_str_add(out, "\xef\xbf\xbd");
		else
			hd_str_addn(out, &text[i], 1);
	}
	if (text != NULL && text[n] != '\0')
		hd_str_add(out, "\xe2\x80\xa6");
}
