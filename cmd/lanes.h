#ifndef HD_LANES_H
#define HD_LANES_H

#include "core/base/str.h"
#include "core/event.h"

/*
 * What is going on at this moment, host by host, as the lines at the bottom
 * of a terminal: clean events in, text out. No clock, no terminal.
 *
 *	web1    4s  ship 0.2.0, 12.3 MiB of 20.0 MiB, 61%, 3.1 MiB/s
 *	web2        waiting
 */
struct hd_lanes;

struct hd_lanes *hd_lanes_new(void);
void hd_lanes_free(struct hd_lanes *l); /* NULL is fine */
/* True if the block says what there is to say of the event: it need not
 * scroll by as well. now: hd_clock_ms(). */
bool hd_lanes_take(struct hd_lanes *l, const struct hd_event *ev, int64_t now);

/* The screen that the lines have to fit on. */
struct hd_lanes_screen {
	size_t columns, rows;
};
enum { HD_LANES_KEEP = 3 }; /* rows left for other text */

/*
 * Appends the lines, each with its newline: none wider than the screen, no
 * more of them than leave HD_LANES_KEEP rows (but at least one). What does
 * not fit is counted in the last. Nothing if nothing goes on.
 */
void hd_lanes_draw(const struct hd_lanes *l, int64_t now,
    struct hd_lanes_screen screen, struct hd_str *out);

/* Appends as much of a line as fits into so many columns. A character that
 * may be two columns wide counts as two: cut early rather than wrapped. */
void hd_lanes_cut(struct hd_str *out, const char *line, size_t columns);

#endif
