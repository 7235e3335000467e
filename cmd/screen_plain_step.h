#ifndef HD_SCREEN_PLAIN_STEP_H
#define HD_SCREEN_PLAIN_STEP_H

#include "cmd/screen_plain.h"

/* Steps on the plain screen. The output of a host is kept until its step ends,
 * and its last lines are shown if the step failed. */
void hd_plain_on_step(struct hd_plain *p, const struct hd_event *ev);
void hd_plain_on_output(struct hd_plain *p, const struct hd_event *ev);
void hd_plain_on_progress(struct hd_plain *p, const struct hd_event *ev);
/* Frees what is kept of all hosts. */
void hd_plain_forget(struct hd_plain *p);

#endif
