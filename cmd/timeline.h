#ifndef HD_TIMELINE_H
#define HD_TIMELINE_H

#include "cmd/run_log.h"

/* Appends the table of lanes for the page of a run (cmd/report_timeline.c): the
 * phases, this machine, and each host, with their steps as bars on one scale.
 */
void hd_timeline_lanes(struct hd_str *out, struct hd_run_log *l);

#endif
