#ifndef HD_SCREEN_PLAIN_PASS_H
#define HD_SCREEN_PLAIN_PASS_H

#include "cmd/screen_plain.h"

/* `status --watch` on the plain screen: the table of the first pass (verbose:
 * of each), then only changes, and from time to time a line that says that
 * there was none. */
void hd_plain_on_change(struct hd_plain *p, const struct hd_event *ev);
void hd_plain_on_pass(struct hd_plain *p, const struct hd_event *ev);

#endif
