#include "core/artifact/deflate.h"

#include "core/base/alloc.h"

#include <stdlib.h>
#include <zlib.h>

enum { LEVEL = 6, RAW_WINDOW = -15, MEMORY = 8, FLUSH = 16 };

struct hd_deflate {
	z_stream z;
};

static voidpf
take(voidpf ctx, uInt n, uInt size)
{
	(void)ctx;
	return hd_alloc((size_t)n * size);
}

static void
give(voidpf ctx, voidpf p)
{
	(void)ctx;
	free(p);
}

struct hd_deflate *
hd_deflate_new(void)
{
	struct hd_deflate *d = hd_alloc(sizeof(*d));

	d->z.zalloc = take;
	d->z.zfree = give;
	if (deflateInit2(&d->z, LEVEL, Z_DEFLATED, RAW_WINDOW, MEMORY,
		Z_DEFAULT_STRATEGY) != Z_OK)
		abort(); /* only for a zlib of another kind than its header's */
	return d;
}

void
hd_deflate_free(struct hd_deflate *d)
{
	if (d == NULL)
		return;
	deflateEnd(&d->z);
	free(d);
}

/* zlib's own bound counts the last block as well, but not the flush. */
size_t
hd_deflate_bound(size_t n)
{
	return compressBound((uLong)n) + FLUSH;
}

size_t
hd_deflate(
    struct hd_deflate *d, const unsigned char *p, size_t n, unsigned char *out)
{
	size_t room = hd_deflate_bound(n);

	deflateReset(&d->z);
	d->z.next_in = (z_const Bytef *)(uintptr_t)p;
	d->z.avail_in = (uInt)n;
	d->z.next_out = out;
	d->z.avail_out = (uInt)room;
	(void)deflate(&d->z, Z_FULL_FLUSH);
	return room - d->z.avail_out;
}

uint32_t
hd_crc32(const unsigned char *p, size_t n)
{
	return (uint32_t)crc32_z(0, p, n);
}

uint32_t
hd_crc32_join(uint32_t first, uint32_t second, uint64_t nsecond)
{
	return (uint32_t)crc32_combine(first, second, (z_off_t)nsecond);
}
