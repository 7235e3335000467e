/* The linker redirects calls of FUNCTION to __wrap_FUNCTION. */
#include "tests/counting/work.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct work work;

struct work
work_so_far(void)
{
	return work;
}

void
__sanitizer_cov_trace_pc(void)
{
	work.done++;
}

#define WRAP(type, name, args)                                                 \
	type __real_##name args;                                               \
	type __wrap_##name args;                                               \
	type __wrap_##name args

WRAP(size_t, strlen, (const char *s))
{
	size_t n = __real_strlen(s);

	work.done += n;
	return n;
}

/* Counts the bytes up to the match. */
static char *
found(const char *from, char *at)
{
	work.done += at != NULL ? (size_t)(at - from) : __real_strlen(from);
	return at;
}

WRAP(void *, malloc, (size_t n))
{
	work.allocated += n;
	return __real_malloc(n);
}

WRAP(void *, calloc, (size_t n, size_t size))
{
	work.allocated += n * size;
	work.done += n * size;
	return __real_calloc(n, size);
}

WRAP(void *, realloc, (void *p, size_t n))
{
	work.allocated += n;
	work.done += n;
	return __real_realloc(p, n);
}

WRAP(void *, memcpy, (void *to, const void *from, size_t n))
{
	work.done += n;
	return __real_memcpy(to, from, n);
}

WRAP(void *, memmove, (void *to, const void *from, size_t n))
{
	work.done += n;
	return __real_memmove(to, from, n);
}

WRAP(void *, memset, (void *to, int c, size_t n))
{
	work.done += n;
	return __real_memset(to, c, n);
}

WRAP(void *, memchr, (const void *p, int c, size_t n))
{
	void *at = __real_memchr(p, c, n);

	work.done +=
	    at != NULL ? (size_t)((const char *)at - (const char *)p) : n;
	return at;
}

WRAP(int, memcmp, (const void *a, const void *b, size_t n))
{
	work.done += n;
	return __real_memcmp(a, b, n);
}

WRAP(int, strncmp, (const char *a, const char *b, size_t n))
{
	size_t same = 0;

	while (same < n && a[same] != '\0' && a[same] == b[same])
		same++;
	work.done += same;
	return __real_strncmp(a, b, n);
}

WRAP(int, strcmp, (const char *a, const char *b))
{
	size_t same = 0;

	while (a[same] != '\0' && a[same] == b[same])
		same++;
	work.done += same;
	return __real_strcmp(a, b);
}

WRAP(char *, strchr, (const char *s, int c))
{
	return found(s, __real_strchr(s, c));
}

WRAP(char *, strrchr, (const char *s, int c))
{
	work.done += __real_strlen(s);
	return __real_strrchr(s, c);
}

WRAP(char *, strstr, (const char *s, const char *what))
{
	return found(s, __real_strstr(s, what));
}

WRAP(char *, strpbrk, (const char *s, const char *any))
{
	return found(s, __real_strpbrk(s, any));
}

WRAP(size_t, strspn, (const char *s, const char *any))
{
	size_t n = __real_strspn(s, any);

	work.done += n;
	return n;
}

WRAP(size_t, strcspn, (const char *s, const char *any))
{
	size_t n = __real_strcspn(s, any);

	work.done += n;
	return n;
}

WRAP(char *, strtok_r, (char *s, const char *any, char **save))
{
	const char *from = s != NULL ? s : *save;
	char *word = __real_strtok_r(s, any, save);

	work.done += word != NULL ? (size_t)(*save - from) : 1;
	return word;
}

WRAP(int, vsnprintf, (char *to, size_t n, const char *format, va_list ap))
{
	int len = __real_vsnprintf(to, n, format, ap);

	work.done += len > 0 ? (size_t)len : 0;
	return len;
}
