#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, madvise, explicit_bzero */
#include "core/base/secret.h"

#include "core/base/alloc.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* The caller gets data. */
struct block {
	size_t size; /* of the mapping */
	alignas(max_align_t) unsigned char data[];
};

void *
hd_secret_alloc(size_t n)
{
	size_t size = sizeof(struct block) + n;
	struct block *b = size < n ? MAP_FAILED
				   : mmap(NULL, size, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (b == MAP_FAILED)
		hd_alloc_failed();
	(void)mlock(b, size); /* RLIMIT_MEMLOCK may be small */
#ifdef MADV_DONTDUMP
	(void)madvise(b, size, MADV_DONTDUMP);
#endif
	b->size = size;
	return b->data;
}

void
hd_secret_free(void *p)
{
	struct block *b;

	if (p == NULL)
		return;
	b = (struct block *)(void *)((unsigned char *)p -
				     offsetof(struct block, data));
	explicit_bzero(p, b->size - sizeof(*b));
	(void)munmap(b, b->size);
}

char *
hd_secret_copy(const void *p, size_t n)
{
	char *copy = hd_secret_alloc(n + 1);

	if (n > 0)
		memcpy(copy, p, n);
	return copy;
}

void
hd_secret_freep(void *pp)
{
	void *p;

	memcpy(&p, pp, sizeof(p));
	hd_secret_free(p);
}
