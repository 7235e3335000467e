#ifndef HD_SCREEN_SUMMARY_H
#define HD_SCREEN_SUMMARY_H

#include "cmd/summary_table.h"

/* Writes the table of all hosts, the reasons and the line with the status. */
void hd_summary_print(
    FILE *out, const struct hd_event *ev, const struct hd_summary_opts *o);

/* The same without the line with the status. */
void hd_summary_hosts(
    FILE *out, const struct hd_event *ev, const struct hd_summary_opts *o);

/* The result of a run in words: what its status means with these hosts.
 * Static. */
const char *hd_summary_verdict(const struct hd_event *summary);

#endif
