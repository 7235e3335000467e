#ifndef HD_TALLY_H
#define HD_TALLY_H

#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Counts a release while it is read, so that one that is too large is refused
 * before it costs time and disk space, here or on a host. */

enum { HD_ENTRIES_MAX = 200 * 1000 };

struct hd_tally {
	uint64_t max; /* bytes of all files: max_unpacked of deploy.ini */
	uint64_t bytes;
	size_t entries;
};

/* Adds an entry of this many bytes. HD_ELOCAL, naming the limit, if it exceeds
 * one. */
int hd_tally_add(
    struct hd_tally *t, uint64_t bytes, struct hd_err *err) HD_CHECK;
/* Sets the error for too many bytes. Returns -1. */
int hd_tally_exceeded(const struct hd_tally *t, struct hd_err *err) HD_CHECK;

#endif
