#include "tests/counting/fail.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>

static atomic_size_t seen, failing;

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);

void
fail_at(size_t k)
{
	atomic_store(&failing, k);
	atomic_store(&seen, 0);
}

size_t
fail_seen(void)
{
	return atomic_load(&seen);
}

static bool
fails(void)
{
	if (atomic_fetch_add(&seen, 1) + 1 != atomic_load(&failing))
		return false;
	errno = ENOMEM;
	return true;
}

void *
__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}
