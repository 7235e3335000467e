#ifndef HD_VIEW_H
#define HD_VIEW_H

#include "cmd/options.h"
#include "cmd/screens.h"

#include <stdio.h>

/*
 * Which screens a run has: events for programs with --json; for people live
 * lines on a terminal that can show them, else plain ones. Pipes and CI jobs
 * (CI is set) never get live ones.
 */
struct hd_view {
	struct hd_screens *screens;
	struct hd_plain *plain;
	struct hd_live *live;
	struct hd_sink json;
	FILE *text; /* for people: stdout, or stderr with --json */
};

/* Before anything is written. v must stay where it is. */
void hd_view_open(struct hd_view *v, const struct hd_options *o);
/* Between the two a person may be asked something on the terminal. */
void hd_view_hold(struct hd_view *v);
void hd_view_go_on(struct hd_view *v);
/* Also makes sure that the run has a summary. */
void hd_view_close(struct hd_view *v, enum hd_status status);

#endif
