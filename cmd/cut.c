#include "cmd/cut.h"

#include <stdbool.h>
#include <string.h>

#define RESET "\033[0m"

/* Length in bytes of the colour at p; 0: there is none. */
static size_t
color_at(const char *p)
{
	size_t n;

	if (p[0] != '\033' || p[1] != '[')
		return 0;
	n = 2 + strspn(p + 2, "0123456789;");
	return p[n] == 'm' ? n + 1 : 0;
}

/* Length in bytes of the UTF-8 character at p; *columns: its maximum width. */
static size_t
measure(const char *p, size_t *columns)
{
	unsigned char c = (unsigned char)*p;
	size_t len = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	*columns = c < 0xe1 ? 1 : 2; /* wide characters begin at U+1100 */
	for (size_t i = 1; i < len; i++) {
		if (p[i] == '\0')
			return i;
	}
	return len;
}

void
hd_cut(struct hd_str *out, const char *line, size_t columns)
{
	size_t used = 0, wide, len;
	bool colored = false;

	for (const char *p = line; *p != '\0'; p += len) {
		len = color_at(p);
		if (len > 0) {
			colored = strncmp(p, RESET, len) != 0;
			hd_str_addn(out, p, len);
			continue;
		}
		len = measure(p, &wide);
		if (used + wide > columns)
			break;
		hd_str_addn(out, p, len);
		used += wide;
	}
	if (colored)
		hd_str_add(out, RESET);
}
