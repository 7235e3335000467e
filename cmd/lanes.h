#ifndef HD_LANES_H
#define HD_LANES_H

#include "core/base/str.h"
#include "core/event.h"

/*
 * The current activity of each host, as lines for the bottom of a terminal.
 * Takes clean events (cmd/screens.h) and produces text; uses no clock and no
 * terminal.
 *
 *	1 of 5 waves done, about 4 min left
 *	web1    4s  ship 0.2.0, 12.3 MiB of 20.0 MiB, 61%, 3.1 MiB/s
 *	web2        waiting
 */
struct hd_lanes;

struct hd_lanes *hd_lanes_new(void);
void hd_lanes_free(struct hd_lanes *l); /* NULL is fine */
/* True if the block shows the event in full, so that it need not scroll by as
 * well. now: hd_clock_ms(). */
bool hd_lanes_take(struct hd_lanes *l, const struct hd_event *ev, int64_t now);

/* The size of the terminal. */
struct hd_lanes_screen {
	size_t columns, rows;
};
enum { HD_LANES_KEEP = 3 }; /* rows left for other text */

/*
 * Appends the lines, each with a newline and no wider than the screen. Leaves
 * HD_LANES_KEEP rows free, but appends at least one line. The last line counts
 * the hosts that do not fit. Appends nothing while no host is active.
 */
void hd_lanes_draw(const struct hd_lanes *l, int64_t now,
    struct hd_lanes_screen screen, struct hd_str *out);

#endif
