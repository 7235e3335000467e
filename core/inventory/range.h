#ifndef HD_RANGE_H
#define HD_RANGE_H

#include "core/base/alloc.h"
#include "core/base/err.h"

/*
 * A word that expands to several: "web[1-4].example.com", or "web[01-12]",
 * which keeps the zeros. A word without a range expands to itself.
 */
enum { HD_RANGE_MAX = 10000 };

struct hd_range {
	const char *before, *after;
	unsigned first;
	int width; /* digits of the first number, 0: no range */
	size_t count;
};

/* HD_ECONFIG if text contains brackets that are not one range, or a range of
 * more than HD_RANGE_MAX words. */
int hd_range_parse(struct hd_range *out, struct hd_arena *a, const char *text,
    struct hd_err *err) HD_CHECK;
/* Word i, counted from 0. */
const char *hd_range_word(
    const struct hd_range *r, struct hd_arena *a, size_t i);

#endif
