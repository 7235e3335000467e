#ifndef HD_SCREEN_SUMMARY_H
#define HD_SCREEN_SUMMARY_H

#include "core/event.h"

#include <stdbool.h>
#include <stdio.h>

/* Before and after a word that people should see first; "" without colour or
 * for any other word. Static. */
const char *hd_color_of(const char *result, bool color);
const char *hd_color_end(const char *result, bool color);

/* "0.1.0 -> 0.2.0", "0.1.0" if both are the same, "-" for none. */
void hd_summary_change(
    char *out, size_t size, const char *before, const char *after);
/* The same of a report, "?" where it is not known. */
void hd_summary_versions(char *out, size_t size, const struct hd_report *r);

struct hd_summary_opts {
	bool color;
	/* 0: one line per host. Else a person reads it on a terminal that is
	 * so wide: what failed stands at the end, folded. */
	size_t columns;
};

/* The table of all hosts, and the line with the status. */
void hd_summary_print(
    FILE *out, const struct hd_event *ev, const struct hd_summary_opts *o);

#endif
