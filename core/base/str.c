#include "core/base/str.h"

#include "core/base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char hd_str_empty[1];

void
hd_str_init(struct hd_str *s, size_t max)
{
	*s = (struct hd_str){ .ptr = hd_str_empty, .max = max };
}

void
hd_str_done(struct hd_str *s)
{
	if (s->cap > 0)
		free(s->ptr);
	hd_str_init(s, s->max);
}

static bool
reserve(struct hd_str *s, size_t extra)
{
	size_t need, cap;
	char *p;

	if (s->failed)
		return false;
	if (extra >= s->max || s->len > s->max - extra - 1) {
		s->failed = true;
		return false;
	}
	need = s->len + extra + 1;
	if (need <= s->cap)
		return true;
	cap = s->cap > 0 ? s->cap : 64;
	while (cap < need)
		cap += cap / 2;
	p = hd_realloc(s->cap > 0 ? s->ptr : NULL, cap);
	s->ptr = p;
	s->cap = cap;
	return true;
}

void
hd_str_addn(struct hd_str *s, const char *p, size_t n)
{
	if (!reserve(s, n))
		return;
	memcpy(s->ptr + s->len, p, n);
	s->len += n;
	s->ptr[s->len] = '\0';
}

void
hd_str_add(struct hd_str *s, const char *text)
{
	hd_str_addn(s, text, strlen(text));
}

void
hd_str_addf(struct hd_str *s, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		hd_alloc_failed();
	if (!reserve(s, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(s->ptr + s->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	s->len += (size_t)n;
}

int
hd_str_check(const struct hd_str *s, struct hd_err *err)
{
	if (!s->failed)
		return 0;
	return hd_err_set(err, HD_ELOCAL,
	    "the text is longer than %zu bytes, the limit", s->max - 1);
}

char *
hd_str_take(struct hd_str *s)
{
	char *p = s->failed ? NULL : s->cap > 0 ? s->ptr : hd_alloc(1);

	if (s->failed && s->cap > 0)
		free(s->ptr);
	hd_str_init(s, s->max);
	return p;
}
