#include "core/base/last.h"

#include <stdbool.h>
#include <string.h>

/* Whether c is part of a sequence ESC [ ... letter, such as a colour. */
static bool
in_sequence(struct hd_last *l, unsigned char c)
{
	enum { NONE, BEGUN, INSIDE };

	if (c == '\033') {
		l->escape = BEGUN;
		return true;
	}
	if (l->escape == BEGUN) {
		l->escape = c == '[' ? INSIDE : NONE;
		return c == '[';
	}
	if (l->escape == NONE || c < ' ')
		return false;
	if (c >= '@' && c <= '~')
		l->escape = NONE;
	return true;
}

static void
end_line(struct hd_last *l)
{
	while (l->n > 0 && l->line[l->n - 1] == ' ')
		l->n--;
	l->line[l->n] = '\0';
	if (l->n > 0)
		memcpy(l->whole, l->line, l->n + 1);
	l->n = 0;
	l->escape = 0;
}

static void
add(struct hd_last *l, unsigned char c)
{
	if (c == '\n' || c == '\r') {
		end_line(l);
		return;
	}
	if (c == '\t')
		c = ' ';
	if (in_sequence(l, c) || (c == ' ' && l->n == 0) ||
	    l->n + 1 >= sizeof(l->line))
		return;
	l->line[l->n++] = c < ' ' || c == 0x7f ? '?' : (char)c;
}

void
hd_last_add(struct hd_last *l, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add(l, (unsigned char)text[i]);
}

const char *
hd_last_line(struct hd_last *l)
{
	end_line(l);
	return l->whole;
}
