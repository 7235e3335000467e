#ifndef HD_GUNZIP_H
#define HD_GUNZIP_H

#include "core/base/digest.h"
#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Reads a gzip file and proves that it is whole. libarchive's own gzip reader
 * verifies no checksum, stops at the end of the tar inside and ignores the
 * rest.
 */
struct hd_gunzip;

/* Reads fd from its start without moving its offset; the caller still owns fd.
 * The caller frees *out. */
int hd_gunzip_new(struct hd_gunzip **out, int fd, struct hd_err *err) HD_CHECK;
void hd_gunzip_free(struct hd_gunzip *g); /* NULL is fine */

/*
 * Sets *block to the next bytes, valid until the next call. Returns their
 * number, 0 at the end, or -1: HD_ELOCAL if the file is truncated, damaged, not
 * gzip or has data after its end; HD_ECANCELED. Trust no byte before it has
 * returned 0.
 */
long hd_gunzip_read(
    struct hd_gunzip *g, const void **block, struct hd_err *err) HD_CHECK;

/* A place from which the compressed data unpacks without the bytes before it:
 * where deflate was flushed, or the start. */
struct hd_flush {
	uint64_t offset; /* in the file */
	uint64_t at;     /* bytes of the contents before it */
};

struct hd_gunzip_sums {
	uint64_t length;            /* bytes of the contents */
	uint64_t zeros;             /* zero bytes at their end */
	uint64_t size;              /* bytes of the file */
	char sha256[HD_SHA256_HEX]; /* of the file */
	/* in order, valid until hd_gunzip_free(); only the first 256 Ki */
	const struct hd_flush *flushes;
	size_t nflushes;
};
/* Call it once, after hd_gunzip_read() returned 0. */
void hd_gunzip_sums(struct hd_gunzip *g, struct hd_gunzip_sums *out);

/*
 * Unpacks a gzip (0x1f 0x8b) or zlib stream in memory. Returns NULL if it is
 * damaged or unpacks to more than max bytes; the caller frees the result.
 */
unsigned char *hd_inflate(
    const unsigned char *p, size_t n, size_t max, size_t *len);

#endif
