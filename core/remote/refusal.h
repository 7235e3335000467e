#ifndef HD_REFUSAL_H
#define HD_REFUSAL_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* The output of a login that did not run a script to its end. */
struct hd_refusal {
	bool began;      /* the script began, but did not end */
	int exit_status; /* -1: none came */
	/* first and last line of stdout and of stderr, raw */
	char printed[512], errors[512];
};

/* Adds a line of output to text, which has max bytes, as its last line. Keeps
 * the first one. */
void hd_refusal_line(char *text, size_t max, const char *line);

/* HD_EREMOTE, with the host's own words, escaped. Names a cause only where
 * these words are known to have that cause. */
int hd_refusal_set(const struct hd_refusal *r, struct hd_err *err);

#endif
