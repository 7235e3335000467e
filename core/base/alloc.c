#define _DEFAULT_SOURCE /* explicit_bzero */
#include "core/base/alloc.h"

#ifdef __APPLE__
#include <malloc/malloc.h>
#define malloc_usable_size malloc_size
#else
#include <malloc.h>
#endif
#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 16 * 1024 };

struct hd_arena_block {
	struct hd_arena_block *next;
	size_t used, size;
	alignas(max_align_t) unsigned char data[];
};

static void (*on_failure)(void) = abort;

void
hd_alloc_on_failure(void (*end)(void))
{
	on_failure = end;
}

_Noreturn void
hd_alloc_failed(void)
{
	on_failure();
	abort();
}

void *
hd_alloc(size_t size)
{
	void *p = calloc(1, size > 0 ? size : 1);

	if (p == NULL)
		hd_alloc_failed();
	return p;
}

void *
hd_realloc(void *p, size_t size)
{
	p = realloc(p, size > 0 ? size : 1);
	if (p == NULL)
		hd_alloc_failed();
	return p;
}

char *
hd_strdup(const char *text)
{
	size_t n = strlen(text) + 1;

	return memcpy(hd_alloc(n), text, n);
}

void
hd_free_wiped(void *p)
{
	if (p != NULL)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

void
hd_freep(void *pp)
{
	void *p;

	memcpy(&p, pp, sizeof(p));
	free(p);
}

void *
hd_arena_alloc(struct hd_arena *a, size_t size)
{
	struct hd_arena_block *b = a->blocks;
	size_t align = alignof(max_align_t);

	if (size > SIZE_MAX / 2)
		hd_alloc_failed();
	size = (size + align - 1) / align * align;
	if (b == NULL || b->size - b->used < size) {
		size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;

		b = hd_alloc(sizeof(*b) + room);
		b->size = room;
		b->next = a->blocks;
		a->blocks = b;
	}
	b->used += size;
	return b->data + b->used - size;
}

char *
hd_arena_strndup(struct hd_arena *a, const char *text, size_t n)
{
	char *p = hd_arena_alloc(a, n + 1);

	memcpy(p, text, n);
	return p;
}

char *
hd_arena_strdup(struct hd_arena *a, const char *text)
{
	return hd_arena_strndup(a, text, strlen(text));
}

char *
hd_arena_lower(struct hd_arena *a, const char *text)
{
	char *small = hd_arena_strdup(a, text);

	for (char *p = small; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return small;
}

char *
hd_arena_fmt(struct hd_arena *a, const char *fmt, ...)
{
	va_list ap;
	int n;
	char *p;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		hd_alloc_failed();
	p = hd_arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

void
hd_arena_done(struct hd_arena *a)
{
	while (a->blocks != NULL) {
		struct hd_arena_block *b = a->blocks;

		a->blocks = b->next;
		explicit_bzero(b->data, b->used);
		free(b);
	}
}

void *
hd_list_grow(struct hd_arena *a, void *v, size_t n, size_t *cap, size_t size)
{
	void *bigger;

	if (n < *cap)
		return v;
	*cap = *cap > 0 ? *cap * 2 : 8;
	bigger = hd_arena_alloc(a, *cap * size);
	if (n > 0)
		memcpy(bigger, v, n * size);
	return bigger;
}
