#ifndef HD_CHUNK_H
#define HD_CHUNK_H

#include "core/base/alloc.h"
#include "core/base/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Parts of a tarball that versions share. Each is a sequence of whole bytes of
 * the file, so that a host can put a tarball together from chunks of others.
 */

/* The number of bytes at each end of such a tarball that are in no chunk: first
 * gzip's header, which is always the same; last the end of the deflate stream,
 * and gzip's CRC-32 and size. The time in the header is that of the entries,
 * 1980, which no other tool writes. */
enum { HD_CHUNK_ENDS = 10 };
#define HD_CHUNK_HEAD "\x1f\x8b\x08\0\0\xa6\xce\x12\0\x03"

struct hd_chunk {
	uint64_t offset, length; /* bytes of the tarball */
	char sha256[HD_SHA256_HEX];
};
struct hd_chunks {
	struct hd_chunk *v;
	size_t n, cap;
};

/* Whether a tarball has this header, and so is probably in chunks. Does not
 * move the offset of fd. */
bool hd_chunks_seem(int fd);

struct hd_cuts;
struct hd_gunzip_sums;
/* Appends the chunks of a tarball, without digests, if hd_pack() could have
 * made it: if it is flushed at every cut, and nowhere else. */
void hd_chunks_find(struct hd_chunks *out, struct hd_arena *arena,
    const struct hd_cuts *cuts, const struct hd_gunzip_sums *sums);
/* Fills in the digests. Does not move the offset of fd, the tarball. HD_ELOCAL,
 * HD_ECANCELED. */
int hd_chunks_digest(
    struct hd_chunks *chunks, int fd, struct hd_err *err) HD_CHECK;

#endif
