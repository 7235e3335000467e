#ifndef HD_ROLLOUT_FINDINGS_H
#define HD_ROLLOUT_FINDINGS_H

#include "core/rollout/site.h"

/* What is known about a change before it begins, as events: findings of the
 * host, and the verdict of the upgrade. */

/*
 * Emits the findings of s->before for this goal, and counts them in s. wanted:
 * the user asked for them, so notes are shown, too; otherwise the finding that
 * refuses s->plan is left out, because the plan has it.
 */
void hd_findings_emit(
    struct hd_site *s, const struct hd_goal *goal, bool wanted);

/* Emits the effects of s->plan on the configuration of the node. */
void hd_preview_emit(struct hd_site *s);

/* Emits the findings of s->before about drift, for programs: s->text has the
 * worst for people. */
void hd_drift_emit(struct hd_site *s);

/* Notes the drift that a change left or found, at its end; never fails. */
void hd_drift_note(const struct hd_site *s);

/* Sets s->proof for this goal, and emits it unless there is nothing to prove.
 * wanted: as above. */
void hd_proof_emit(struct hd_site *s, const struct hd_goal *goal, bool wanted);

#endif
