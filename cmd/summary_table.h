#ifndef HD_SUMMARY_TABLE_H
#define HD_SUMMARY_TABLE_H

#include "cmd/reasons.h"

#include <stdio.h>

struct hd_summary_opts {
	bool color;
	bool wide; /* a row for every host, of any number */
	/* Width of the terminal: failures are printed at the end, folded.
	 * 0: not a terminal; one line per host. */
	size_t columns;
};

/* Whether the reason is printed below the table instead of in it: if several
 * hosts share it, and, on a terminal, every failure. */
bool hd_reason_apart(
    const struct hd_reason *r, const struct hd_summary_opts *o);

/* Writes the table of the hosts at the end of a run. With many hosts, those
 * with equal rows share one. */
void hd_summary_table(FILE *out, const struct hd_event *ev,
    const struct hd_reasons *reasons, const struct hd_summary_opts *o);

#endif
