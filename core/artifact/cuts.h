#ifndef HD_CUTS_H
#define HD_CUTS_H

#include "core/base/alloc.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Where the tar of a release is cut into chunks (chunk.h). This depends on the
 * entries alone, so that two versions share the chunks of the files that they
 * share:
 *
 * - where the folder changes, down to its second level (lib/NAME-VSN,
 *   releases/VSN, erts-VSN/bin, bin);
 * - in a folder of the first level, before a file, once the chunk has a few
 *   KiB;
 * - around the bytes of a file larger than HD_CUTS_OWN, and every HD_CUTS_STEP
 *   bytes inside it. Its header is in the previous chunk, because the bytes are
 *   the same in lib/foo-1.0 and lib/foo-1.1, but the header is not;
 * - in a folder with many small files, before a file whose path has a certain
 *   digest, so that a new file does not move the cuts after it.
 *
 * After HD_CUTS_MANY chunks only larger ones are cut off, so that no tar has
 * too many.
 */

enum {
	HD_CUTS_MANY = 1024,
	HD_CUTS_OWN = 32 * 1024,
	HD_CUTS_LARGE = 256 * 1024,
	HD_CUTS_STEP = 1024 * 1024,
};

struct hd_cuts {
	struct hd_arena arena;
	uint64_t *v; /* offsets in the tar, rising; the last is its end */
	size_t n, cap;
	uint64_t folder; /* digest of the current one */
	/* The next cut in or after the bytes of the current file; 0: none. It
	 * is not in v, because a header can declare any size. */
	uint64_t next, data_end;
};

/* An entry begins at this offset. Call it for each in the order of the tar. */
void hd_cuts_entry(struct hd_cuts *c, const char *path, uint64_t at);
/* The current entry has size bytes, from this offset on. */
void hd_cuts_data(struct hd_cuts *c, uint64_t at, uint64_t size);
/* The same for an entry whose padding ends at this offset. */
void hd_cuts_data_before(struct hd_cuts *c, uint64_t end, uint64_t size);
/* The offset of the next cut in the bytes of the current entry; UINT64_MAX:
 * there will be none. */
uint64_t hd_cuts_next(const struct hd_cuts *c);
/* The tar has reached this offset. */
void hd_cuts_pass(struct hd_cuts *c, uint64_t at);
/* The tar ends at this offset. */
void hd_cuts_end(struct hd_cuts *c, uint64_t at);
void hd_cuts_done(struct hd_cuts *c);

#endif
