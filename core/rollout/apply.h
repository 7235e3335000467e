#ifndef HD_APPLY_H
#define HD_APPLY_H

#include "core/rollout/site.h"

/*
 * Applies s->plan, which was made from s->before. If a step fails after the
 * host was changed, finds out the state of the host and takes the change back.
 * Sets result, status and text. Blocks until the host is at rest; an
 * interruption does not stop it in the middle of a step.
 */
void hd_apply(struct hd_site *s);

/* Whether the plan of the host can be taken back. */
bool hd_apply_can_undo(const struct hd_site *s);

/* Takes back the change of a host whose plan succeeded, because something else
 * failed. Returns false, with nothing done, if the plan cannot be taken
 * back, or after a second Ctrl-C. */
bool hd_apply_undo(struct hd_site *s, const struct hd_err *why);

#endif
