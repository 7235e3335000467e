#ifndef HD_LAST_H
#define HD_LAST_H

#include <stddef.h>

/* Keeps the last non-empty line of text that arrives in pieces, so that an
 * error can quote it. Starts as { 0 }. */

enum { HD_LAST_MAX = 240 };

struct hd_last {
	char whole[HD_LAST_MAX]; /* the last complete line */
	char line[HD_LAST_MAX];  /* the current line */
	size_t n;                /* of line */
	int escape;              /* progress in an escape sequence */
};

void hd_last_add(struct hd_last *l, const char *text, size_t n);
/* Ends the current line. Returns the last non-empty line or "", without control
 * characters and truncated if long. Borrowed until the next call. */
const char *hd_last_line(struct hd_last *l);

#endif
