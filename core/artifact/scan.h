#ifndef HD_SCAN_H
#define HD_SCAN_H

#include "core/artifact/artifact.h"
#include "core/artifact/rel.h"

#include <stdbool.h>

/* Everything that one pass over a tarball finds. */

struct hd_item {
	struct hd_entry entry;
	char identity[HD_SHA256_HEX]; /* as entry.sha256, without what changes
					 from build to build */
};

struct hd_scan {
	struct hd_arena arena;
	struct hd_texts texts;  /* the small ones that say what it is */
	struct hd_strs folders; /* no trailing slash; may repeat */
	struct {
		struct hd_item *v;
		size_t n, cap;
	} items; /* in the tarball's order; may repeat */
	uint64_t size;
	char sha256[HD_SHA256_HEX]; /* of the tarball */
	struct hd_elf runtime;      /* of the programs of its Erlang runtime */
	bool writable; /* an entry is to be one that others can write to */
};

/*
 * Reads the tarball from its start; fd's offset stays. max: bytes of all its
 * files together. HD_ELOCAL, naming the entry, if it is not a whole .tar.gz,
 * holds more than that (tally.h) or has an entry that no release may have;
 * HD_ECANCELED. The caller calls hd_scan_done() in any case.
 */
int hd_scan_tarball(
    struct hd_scan *out, int fd, uint64_t max, struct hd_err *err) HD_CHECK;
void hd_scan_done(struct hd_scan *s);

#endif
