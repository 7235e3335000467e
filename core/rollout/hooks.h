#ifndef HD_HOOKS_H
#define HD_HOOKS_H

#include "core/rollout/site.h"

/*
 * The hooks of deploy.ini that belong to a run rather than to the plan of a
 * host: local and once ones, which stand around all of its hosts, and
 * on_failure. Each is an HD_EV_STEP.
 */

/* Says which there would be: --dry-run. */
void hd_hooks_tell(
    const struct hd_run *run, struct hd_site *const *sites, size_t n);

/* Runs those that come before the first of these sites begins. False if one
 * failed: then all have ended, unchanged, with HD_EV_HOST. */
bool hd_hooks_before(
    const struct hd_run *run, struct hd_site *const *sites, size_t n);

/* Runs those that come after the last of these sites has ended, if the plan of
 * one was applied. Where one fails, those that were upgraded go back; with
 * any other goal there is nothing to undo, and the run has failed. */
void hd_hooks_after(
    const struct hd_run *run, struct hd_site *const *sites, size_t n);

/* At the end of a run, while its locks are held: on_failure, if any of its
 * nhosts sites failed. */
void hd_hooks_failure(const struct hd_run *run, struct hd_site *sites);

#endif
