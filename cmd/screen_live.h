#ifndef HD_SCREEN_LIVE_H
#define HD_SCREEN_LIVE_H

#include "core/event.h"

#include <stdbool.h>
#include <stdio.h>

/*
 * Shows clean events to a person at a terminal. A block of lines at the bottom
 * (cmd/lanes.h) shows the current activity; finished work scrolls up above it,
 * with the text of the plain screen. The cursor rests, visible, on the empty
 * line above the block, so that a resize, a signal or other output leaves no
 * remains of the block.
 */
struct hd_live;

/* Borrows out, a terminal that nothing was written to yet. Starts a thread when
 * the block is first shown. */
struct hd_live *hd_live_new(FILE *out, bool color, bool wide);
/* Erases the block. NULL is fine. */
void hd_live_free(struct hd_live *l);
/* For a question: erases the block, and does not draw it until HD_LIVE_ALL. */
enum hd_live_show {
	HD_LIVE_ALL,
	HD_LIVE_NO_BLOCK, /* text still appears */
	HD_LIVE_NOTHING,  /* text waits */
};
void hd_live_hold(struct hd_live *l, enum hd_live_show show);
/* Borrowed from l; events must come through hd_emit(), whose lock it uses. */
const struct hd_sink *hd_live_sink(const struct hd_live *l);

#endif
