#ifndef HD_LAST_H
#define HD_LAST_H

#include <stddef.h>

/* The last line with something in it of a text that comes in pieces, for a
 * reason: the text itself scrolls away. Zeros to begin with. */

enum { HD_LAST_MAX = 240 };

struct hd_last {
	char whole[HD_LAST_MAX]; /* the last one that ended */
	char line[HD_LAST_MAX];  /* the present one */
	size_t n;                /* of line */
	int escape; /* in a terminal's sequence, which is left out */
};

void hd_last_add(struct hd_last *l, const char *text, size_t n);
/* Without control characters, cut at its end if it is long; "" if there is
 * none. Borrowed until the next call. */
const char *hd_last_line(struct hd_last *l);

#endif
