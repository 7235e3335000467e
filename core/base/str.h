#ifndef HD_STR_H
#define HD_STR_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Growable text of at most max - 1 bytes. Appends report no failure: once one
 * does not fit, later appends do nothing, and hd_str_check() reports it.
 */
struct hd_str {
	char *ptr; /* NUL-terminated; "" until first append */
	size_t len;
	size_t cap;
	size_t max; /* limit of len + 1 */
	bool failed;
};

extern char hd_str_empty[1];

#define HD_STR_INIT(limit)                                                     \
	{                                                                      \
		.ptr = hd_str_empty, .max = (limit)                            \
	}
#define HD_AUTO_STR HD_CLEANUP(hd_str_done) struct hd_str

void hd_str_init(struct hd_str *s, size_t max);
void hd_str_done(struct hd_str *s);
void hd_str_add(struct hd_str *s, const char *text);
void hd_str_addn(struct hd_str *s, const char *p, size_t n);
void hd_str_addf(struct hd_str *s, const char *fmt, ...) HD_PRINTF(2, 3);
/* HD_ELOCAL if an append did not fit. */
int hd_str_check(const struct hd_str *s, struct hd_err *err) HD_CHECK;
/* Returns the buffer, which the caller frees, and empties s. NULL if an append
 * did not fit. */
char *hd_str_take(struct hd_str *s);

#endif
