#ifndef HD_FIRST_H
#define HD_FIRST_H

#include <stdbool.h>
#include <stddef.h>

/* Keeps the first line of text that arrives in pieces. It can be a secret: the
 * caller owns the memory, and nothing is copied elsewhere. */

struct hd_first {
	char *text; /* max + 1 bytes, zeroed */
	size_t max;
	size_t n;
	bool ended, too_long;
};

/* An hd_child_fn; first is a struct hd_first. */
void hd_first_add(void *first, const char *text, size_t n);
/* Call after the last piece. Drops a carriage return at the end of the line.
 * False if the line is longer than max. */
bool hd_first_end(struct hd_first *f);

#endif
