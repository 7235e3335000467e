#ifndef HD_GUNZIP_H
#define HD_GUNZIP_H

#include "core/base/digest.h"
#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

/*
 * The bytes of a gzip file, and proof that they are all of it: libarchive's
 * own gzip reader checks no checksum, stops at the end of the tar inside and
 * does not mind what follows.
 */
struct hd_gunzip;

/* Reads fd from its start without moving its offset. fd stays the caller's;
 * the caller frees *out. */
int hd_gunzip_new(struct hd_gunzip **out, int fd, struct hd_err *err) HD_CHECK;
void hd_gunzip_free(struct hd_gunzip *g); /* NULL is fine */

/*
 * The next bytes, valid until the next call: their number, 0 at the end, or
 * -1: HD_ELOCAL if the file is truncated, damaged, not gzip, or goes on after
 * its end; HD_ECANCELED. Nothing read before the 0 is to be trusted.
 */
long hd_gunzip_read(
    struct hd_gunzip *g, const void **block, struct hd_err *err) HD_CHECK;

/* Of what was read so far. */
struct hd_gunzip_sums {
	uint64_t length;            /* bytes given out */
	uint64_t zeros;             /* how many of the last ones are zero */
	uint64_t size;              /* bytes of the file */
	char sha256[HD_SHA256_HEX]; /* of the file */
};
/* Once, after hd_gunzip_read() gave 0. */
void hd_gunzip_sums(struct hd_gunzip *g, struct hd_gunzip_sums *out);

/*
 * All of a small gzip (0x1f 0x8b) or zlib stream that lies in memory. Returns
 * NULL if it is damaged or holds more than max bytes; the caller frees it.
 */
unsigned char *hd_inflate(
    const unsigned char *p, size_t n, size_t max, size_t *len);

#endif
