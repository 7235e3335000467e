#ifndef HD_WAVE_LINE_H
#define HD_WAVE_LINE_H

#include "cmd/units.h"
#include "core/base/str.h"
#include "core/event.h"

/*
 * How far the waves of a run are, for the live screen. Uses no clock.
 *
 *	1 of 5 waves done, about 4 min left
 */
struct hd_wave_line {
	size_t done, waves; /* waves 0: nothing to show */
	int64_t left, at;   /* estimated at this time; left -1: not */
	char more[64];      /* what left does not include; "": nothing */
};

/* Takes a clean event. now: hd_clock_ms(). */
void hd_wave_line_take(
    struct hd_wave_line *l, const struct hd_event *ev, int64_t now);
/* Appends the line, without a newline; nothing before the first wave ended and
 * after the last one. */
void hd_wave_line_draw(
    const struct hd_wave_line *l, int64_t now, struct hd_str *out);

/* Appends the end of a wave as a line of text: "wave 1 of 5 took 1m20s; about
 * 4 min left". ev: HD_EV_WAVE. */
void hd_wave_line_end(struct hd_str *out, const struct hd_event *ev);

#endif
