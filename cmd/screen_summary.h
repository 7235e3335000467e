#ifndef HD_SCREEN_SUMMARY_H
#define HD_SCREEN_SUMMARY_H

#include "core/event.h"

#include <stdbool.h>
#include <stdio.h>

/* The control sequences around a result that people should notice; "" without
 * colour or for any other word. Static. */
const char *hd_color_of(const char *result, bool color);
const char *hd_color_end(const char *result, bool color);

/* "0.1.0 -> 0.2.0", "0.1.0" if both are the same, "-" for none. */
void hd_summary_change(
    char *out, size_t size, const char *before, const char *after);
/* The same for a report; "?" for an unknown version. */
void hd_summary_versions(char *out, size_t size, const struct hd_report *r);

struct hd_summary_opts {
	bool color;
	bool wide; /* a row for every host, of any number */
	/* Width of the terminal: failures are printed at the end, folded.
	 * 0: not a terminal; one line per host. */
	size_t columns;
};

/* Writes the table of all hosts and the line with the status. */
void hd_summary_print(
    FILE *out, const struct hd_event *ev, const struct hd_summary_opts *o);

#endif
