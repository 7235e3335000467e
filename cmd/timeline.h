#ifndef HD_TIMELINE_H
#define HD_TIMELINE_H

#include "cmd/run_log.h"

/* Appends the table of lanes for the page of a run (cmd/report_timeline.c): the
 * phases, this machine, and each host, with their steps as bars on one scale.
 */
void hd_timeline_lanes(struct hd_str *out, struct hd_run_log *l);

/* The result of a host with a sign before it: "<td class=bad>✗ failed". */
void hd_timeline_result(struct hd_str *out, const char *result);

/* Bytes of a name, such as that of a host or a step, on the page. */
enum { HD_TIMELINE_NAME = 256 };

#endif
