#include "transport/quote.h"

#include <string.h>

void
hd_quote(char *msg, size_t max, const char *text, size_t len)
{
	size_t n = strlen(msg);

	for (size_t i = 0; i < len && n + 1 < max; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\n' && i + 1 == len)
			break;
		msg[n++] = (char)(c >= 0x7f ? '?' : c < 0x20 ? ' ' : c);
	}
	msg[n] = '\0';
}

void
hd_quote_lines(char *msg, size_t max, const char *text, size_t len,
    bool (*skip)(const char *line, size_t n))
{
	const char *end = text + len;

	while (text < end) {
		size_t n = 0;

		while (text + n < end && text[n] != '\n' && text[n] != '\r')
			n++;
		if (n > 0 && (skip == NULL || !skip(text, n))) {
			if (msg[0] != '\0')
				hd_quote(msg, max, "; ", 2);
			hd_quote(msg, max, text, n);
		}
		text += n + 1;
	}
}
