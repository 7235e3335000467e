#ifndef HD_SCREEN_LIVE_H
#define HD_SCREEN_LIVE_H

#include "core/event.h"

#include <stdbool.h>
#include <stdio.h>

/*
 * Clean events for a person at a terminal: what is going on stands in a block
 * of lines at the bottom (cmd/lanes.h), what is over scrolls away above it as
 * the plain screen words it. The cursor rests on the empty line before the
 * block, so that a resize, a signal or whatever else writes there cannot
 * leave half of it behind. It is never hidden.
 */
struct hd_live;

/* out is a terminal, borrowed, not written to before. Starts a thread when
 * there is something to show. */
struct hd_live *hd_live_new(FILE *out, bool color);
/* The block is gone then. NULL is fine. */
void hd_live_free(struct hd_live *l);
/* True: the block goes and nothing is drawn, as long as somebody is asked. */
void hd_live_hold(struct hd_live *l, bool hold);
/* Borrowed from l; events must come through hd_emit(), whose lock it uses. */
const struct hd_sink *hd_live_sink(const struct hd_live *l);

#endif
