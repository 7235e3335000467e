#ifndef HD_VIEW_H
#define HD_VIEW_H

#include "cmd/options.h"
#include "cmd/report.h"
#include "cmd/screens.h"

#include <stdio.h>

/*
 * The screens of a run. Programs get JSON events with --json. People get the
 * live screen on a capable terminal, else the plain one. A pipe and a CI job
 * (CI is set) always get the plain one, with folds and annotations for systems
 * that have them.
 */
struct hd_view {
	struct hd_screens *screens;
	struct hd_plain *plain;
	struct hd_live *live;
	struct hd_sink json, github;
	struct hd_reporter *reporter;
	FILE
	    *text; /* for people: stdout, or stderr if a program reads stdout */
};

/* Call it before any output. v must not move. */
void hd_view_open(struct hd_view *v, const struct hd_options *o);
/* Stop and resume drawing, for a question on the terminal between them. */
void hd_view_hold(struct hd_view *v);
/* Like hd_view_hold(), for a question without echo: also holds text back until
 * hd_view_go_on(). */
void hd_view_hush(struct hd_view *v);
void hd_view_go_on(struct hd_view *v);
/* For a run without an end of its own: an interruption is its usual end, about
 * which nothing is printed, and a closed stdout ends it too. */
void hd_view_endless(struct hd_view *v);
/* Emits a summary if there was none. */
void hd_view_close(struct hd_view *v, enum hd_status status);

#endif
