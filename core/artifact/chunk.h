#ifndef HD_CHUNK_H
#define HD_CHUNK_H

#include "core/base/digest.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Parts of a tarball that versions share. Each is a sequence of whole bytes of
 * the file, so that a host can put a tarball together from chunks of others.
 */

struct hd_chunk {
	uint64_t offset, length; /* bytes of the tarball */
	char sha256[HD_SHA256_HEX];
};
struct hd_chunks {
	struct hd_chunk *v;
	size_t n, cap;
};

#endif
