#ifndef HD_OUTCOMES_H
#define HD_OUTCOMES_H

#include "core/rollout/site.h"

/* The words for a host that a run leaves in the middle of its plan. */

/* Only goals that replace running code can be taken back by planning. */
bool hd_can_undo(const struct hd_site *s);

/* No step came to change anything. A change that finds the host between two
 * versions leaves it there. */
void hd_end_unchanged(struct hd_site *s, const struct hd_err *why);

/* The new version runs on, for what still runs the code before would not
 * outlive the way back (err). Whether the host goes back later by itself is
 * read from s->now, which is to be fresh: a way back that was begun ends it. */
void hd_end_between(
    struct hd_site *s, const struct hd_err *why, const struct hd_err *err);

/* A person insisted on an end (hd_cancel_insisted()) while this was going on:
 * a step and its version, which may be NULL. */
void hd_end_left(struct hd_site *s, const char *what, const char *version);

/* The same before or while it went back from a change that was at its end: one
 * that is not begun has no journal. */
void hd_end_standing(struct hd_site *s);

/* Runs and boots what it did before, as far as the VM can tell. found: where
 * the failure had left it, in words, with "; " before them, or "". */
void hd_end_undone(
    struct hd_site *s, const struct hd_err *why, const char *found);

/* The same where that is not healthy (s->ill): nothing is left to undo, and
 * only if it was not before either is all as it was. why may be empty. */
void hd_end_ill(struct hd_site *s, const struct hd_err *why, const char *found);

/* What was to be undone or ended could not be: err. */
void hd_end_broken(struct hd_site *s, const struct hd_err *why,
    const char *found, const struct hd_err *err);

/* All was done and verified, and only the history does not know: no reason to
 * undo it. */
void hd_end_unrecorded(struct hd_site *s, const struct hd_err *why);

/* The host stayed away, and nobody knows more than that. */
void hd_end_lost(struct hd_site *s, const struct hd_err *why);

#endif
