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
