#ifndef HD_RANGE_H
#define HD_RANGE_H

#include "core/base/alloc.h"
#include "core/base/err.h"

/*
 * A word that stands for several: "web[1-4].example.com", "web[01-12]" with
 * zeros kept. A word without a range stands for itself.
 */
enum { HD_RANGE_MAX = 10000 };

struct hd_range {
	const char *before, *after;
	unsigned first;
	int width; /* digits of the first number, 0: no range */
	size_t count;
};

/* HD_ECONFIG if text holds brackets that are not one range, or a range of
 * more than HD_RANGE_MAX. */
int hd_range_parse(struct hd_range *out, struct hd_arena *a, const char *text,
    struct hd_err *err) HD_CHECK;
/* The word number i, from 0. */
const char *hd_range_word(
    const struct hd_range *r, struct hd_arena *a, size_t i);

#endif
