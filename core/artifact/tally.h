#ifndef HD_TALLY_H
#define HD_TALLY_H

#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

/* How much of a release was seen so far: one that is too large is refused
 * before time and disk are spent on it, here or on a host. */

enum { HD_ENTRIES_MAX = 200 * 1000 };

struct hd_tally {
	uint64_t max; /* bytes of all files: max_unpacked of deploy.ini */
	uint64_t bytes;
	size_t entries;
};

/* One more entry, of so many bytes. HD_ELOCAL, naming the limit, if that is
 * one too many. */
int hd_tally_add(
    struct hd_tally *t, uint64_t bytes, struct hd_err *err) HD_CHECK;
/* As when the bytes are too many. Returns -1. */
int hd_tally_exceeded(const struct hd_tally *t, struct hd_err *err) HD_CHECK;

#endif
