#ifndef HD_OUTCOMES_H
#define HD_OUTCOMES_H

#include "core/rollout/site.h"

/* Sets result, status and text of a host that a run leaves in the middle of its
 * plan. */

/* Whether the change can be undone: only goals that replace running code can
 * be. */
bool hd_can_undo(const struct hd_site *s);

/* No step has changed the host. If the host was between two versions before, it
 * still is. */
void hd_end_unchanged(struct hd_site *s, const struct hd_err *why);

/* The new version keeps running, because the undo would end processes that
 * still run old code (err). s->now must be fresh: it shows whether the host
 * reverts by itself later, which an undo that was begun prevents. */
void hd_end_between(
    struct hd_site *s, const struct hd_err *why, const struct hd_err *err);

/* A person ended the run at once (hd_cancel_insisted()) during the step `what`
 * to version, which can be NULL. */
void hd_end_left(struct hd_site *s, const char *what, const char *version);

/* The same before or during the undo of a change that was complete. An undo
 * that has not begun has no journal. */
void hd_end_undo_pending(struct hd_site *s);

/* The change was complete and had to be undone because of why, but a person
 * ended the run at once, and the undo has not begun. out: hook before_host has
 * run. */
void hd_end_undo_missed(struct hd_site *s, const struct hd_err *why, bool out);

/* The host runs and boots the previous version, as far as the VM reports.
 * found: the state that the failure left, in words, beginning with "; ", or
 * "". */
void hd_end_undone(
    struct hd_site *s, const struct hd_err *why, const char *found);

/* The same, but that version is sick (s->sick_now). Only if it was sick before
 * the change, too, is the undo complete. why can be empty. */
void hd_end_sick(
    struct hd_site *s, const struct hd_err *why, const char *found);

/* The undo, or the rest of the change, failed with err. */
void hd_end_broken(struct hd_site *s, const struct hd_err *why,
    const char *found, const struct hd_err *err);

/* The change is complete and verified, but missing in the history: not a
 * reason to undo it. */
void hd_end_unrecorded(struct hd_site *s, const struct hd_err *why);

/* A hook failed after the change ended, however it ended. why: which, in a few
 * words. */
void hd_end_hook(struct hd_site *s, const struct hd_err *why);

/* The host was lost and could not be reached again: its state is unknown. */
void hd_end_lost(struct hd_site *s, const struct hd_err *why);

#endif
