#include "core/artifact/deflate.h"

#include "core/artifact/inflate.h"
#include "core/base/alloc.h"

#include <libdeflate.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/*
 * libdeflate is two to three times as fast as zlib, and its result smaller.
 * But it ends every result with a last block. zlib unpacks the result to find
 * where this block begins and ends, and proves it on the way.
 */

enum { LEVEL = 6, RAW_WINDOW = -15 };

/* The end of a flush: three zero bits for a stored block, the rest of the byte,
 * and the length of no bytes (RFC 1951, 3.2.4). */
enum { FLUSH_BITS = 3, FLUSH_MAX = 5 };
static const unsigned char no_bytes[] = { 0x00, 0x00, 0xff, 0xff };

struct hd_deflate {
	struct libdeflate_compressor *compressor;
	z_stream z;
	unsigned char *check;
	size_t check_cap;
};

struct hd_deflate *
hd_deflate_new(void)
{
	struct hd_deflate *d = hd_alloc(sizeof(*d));

	d->compressor = libdeflate_alloc_compressor(LEVEL);
	if (d->compressor == NULL)
		hd_alloc_failed();
	if (!hd_inflate_begin(&d->z, RAW_WINDOW))
		abort();
	return d;
}

void
hd_deflate_free(struct hd_deflate *d)
{
	if (d == NULL)
		return;
	libdeflate_free_compressor(d->compressor);
	inflateEnd(&d->z);
	free(d->check);
	free(d);
}

size_t
hd_deflate_bound(size_t n)
{
	return libdeflate_deflate_compress_bound(NULL, n) + FLUSH_MAX;
}

/* The last block of a deflate stream, in bits from its start. */
struct last_block {
	uint64_t begin, end;
};

static void
reserve(struct hd_deflate *d, size_t n)
{
	if (d->check_cap >= n)
		return;
	free(d->check);
	d->check = hd_alloc(n);
	d->check_cap = n;
}

/* False if the m bytes at out do not unpack to p. */
static bool
find_last_block(struct hd_deflate *d, const unsigned char *p, size_t n,
    unsigned char *out, size_t m, struct last_block *last)
{
	z_stream *z = &d->z;
	int status;

	reserve(d, n + 1);
	inflateReset(z);
	z->next_in = out;
	z->avail_in = (uInt)m;
	z->next_out = d->check;
	z->avail_out = (uInt)n + 1;
	*last = (struct last_block){ 0 };
	do {
		last->begin = last->end;
		status = inflate(z, Z_BLOCK);
		last->end = (uint64_t)(m - z->avail_in) * 8 -
			    ((unsigned)z->data_type & HD_INFLATE_BITS_LEFT);
	} while (status == Z_OK && (z->data_type & HD_INFLATE_LAST_BLOCK) == 0);
	return (status == Z_OK || status == Z_STREAM_END) && z->avail_in == 0 &&
	       z->avail_out == 1 && memcmp(d->check, p, n) == 0;
}

size_t
hd_deflate(
    struct hd_deflate *d, const unsigned char *p, size_t n, unsigned char *out)
{
	size_t m = libdeflate_deflate_compress(
	    d->compressor, p, n, out, hd_deflate_bound(n) - FLUSH_MAX);
	struct last_block last;

	if (!find_last_block(d, p, n, out, m, &last))
		return 0;
	out[last.begin / 8] &= (unsigned char)~(1U << last.begin % 8);
	if (m * 8 - last.end < FLUSH_BITS)
		out[m++] = 0;
	memcpy(out + m, no_bytes, sizeof(no_bytes));
	return m + sizeof(no_bytes);
}

uint32_t
hd_crc32(const unsigned char *p, size_t n)
{
	return libdeflate_crc32(0, p, n);
}

uint32_t
hd_crc32_join(uint32_t first, uint32_t second, uint64_t nsecond)
{
	return (uint32_t)crc32_combine(first, second, (z_off_t)nsecond);
}
