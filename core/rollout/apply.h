#ifndef HD_APPLY_H
#define HD_APPLY_H

#include "core/rollout/site.h"

/*
 * Applies s->plan, which was made of s->before. If a step fails after
 * something was changed, finds out where the host really is and brings it
 * back. Sets result, status and text; never leaves the host in the middle of
 * a step of ours. Not cut short by an interruption.
 */
void hd_apply(struct hd_site *s);

/* The same way back for a host whose plan was applied, because of what
 * happened elsewhere. False, with nothing done, if its plan has no way back. */
bool hd_apply_undo(struct hd_site *s, const struct hd_err *why);

#endif
