#ifndef HD_LAST_H
#define HD_LAST_H

#include <stddef.h>

/* The last line that is not empty of text that arrives in pieces, for an error
 * message: the text itself scrolls away. Starts as { 0 }. */

enum { HD_LAST_MAX = 240 };

struct hd_last {
	char whole[HD_LAST_MAX]; /* the last complete line */
	char line[HD_LAST_MAX];  /* the current line */
	size_t n;                /* of line */
	int escape;              /* progress in an escape sequence */
};

void hd_last_add(struct hd_last *l, const char *text, size_t n);
/* Ends the current line. Returns the last line that is not empty, or "",
 * without control characters and truncated if long. Borrowed until the next
 * call. */
const char *hd_last_line(struct hd_last *l);

#endif
