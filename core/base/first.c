#include "core/base/first.h"

void
hd_first_add(void *first, const char *text, size_t n)
{
	struct hd_first *f = first;

	for (size_t i = 0; i < n && !f->ended; i++) {
		f->too_long = f->n == f->max && text[i] != '\n';
		f->ended = text[i] == '\n' || f->too_long;
		if (!f->ended)
			f->text[f->n++] = text[i];
	}
}

bool
hd_first_end(struct hd_first *f)
{
	if (f->n > 0 && f->text[f->n - 1] == '\r')
		f->text[--f->n] = '\0';
	return !f->too_long;
}
