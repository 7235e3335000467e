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

/* The first and the last bytes of such a tarball, which are in no chunk: gzip's
 * header, always the same, and the end of the deflate stream with gzip's CRC-32
 * and size. No other tool writes the time in this header: that of the entries,
 * 1980. */
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

/* Whether a tarball, whose offset is not moved, seems to be in chunks: whether
 * it has this header. */
bool hd_chunks_seem(int fd);

struct hd_cuts;
struct hd_gunzip_sums;
/* The chunks of a tarball, without digests, if hd_pack() could have made it:
 * it must be flushed where its entries ask for a cut, and nowhere else. */
void hd_chunks_find(struct hd_chunks *out, struct hd_arena *arena,
    const struct hd_cuts *cuts, const struct hd_gunzip_sums *sums);
/* Fills in the digests. fd: the tarball, whose offset is not moved. HD_ELOCAL,
 * HD_ECANCELED. */
int hd_chunks_digest(
    struct hd_chunks *chunks, int fd, struct hd_err *err) HD_CHECK;

#endif
