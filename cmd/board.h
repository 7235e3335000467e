#ifndef HD_BOARD_H
#define HD_BOARD_H

#include "cmd/lanes.h"

/*
 * The last pass of `status --watch`, as lines for the bottom of a terminal:
 * the table of the hosts, the reasons of failures, and when they answered. Uses
 * no clock and no terminal.
 *
 *	host  running  boots  result       mode
 *	web1  0.2.0    0.2.0  ok           -
 *	web2  ?        ?      unreachable  -
 *
 *	web2 unreachable
 *	  no answer from 192.0.2.2 within 10 s
 *
 *	08:15:00 UTC: 1 of 2 answered in 0.3s; next in 4s; Ctrl-C ends
 */
struct hd_board;

struct hd_board *hd_board_new(bool color, bool wide);
void hd_board_free(struct hd_board *b); /* NULL is fine */
/* Takes a clean HD_EV_PASS. now: hd_clock_ms(). */
void hd_board_take(struct hd_board *b, const struct hd_event *ev, int64_t now);
/* Whether there was a pass since the last hd_board_clear(). */
bool hd_board_shown(const struct hd_board *b);
void hd_board_clear(struct hd_board *b);
/*
 * Appends the lines, each with a newline and no wider than the screen, and
 * fewer than its rows. If they are too many, only the hosts with failures are
 * listed, as far as they fit; the others are counted.
 */
void hd_board_draw(struct hd_board *b, int64_t now,
    struct hd_lanes_screen screen, struct hd_str *out);

#endif
