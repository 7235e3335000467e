#ifndef HD_HOOKS_H
#define HD_HOOKS_H

#include "core/rollout/site.h"

/*
 * The hooks of a run: local and once hooks, which run before and after all of
 * its hosts, and on_failure. Hooks on every host are part of the plan of the
 * host. Each hook is an HD_EV_STEP.
 */

/* Reports the hooks that would run, for --dry-run. in_waves: with those around
 * waves and hosts. */
void hd_hooks_tell(const struct hd_run *run, bool in_waves,
    struct hd_site *const *sites, size_t n);

/* How the hosts of a run change: first sizes[0] of them, then sizes[1]. */
struct hd_wave_cut {
	struct hd_site *const *sites;
	size_t n;
	const size_t *sizes;
	size_t waves;
	bool in_waves; /* with the hooks around waves and hosts */
};

/* Whether the names of the hosts fit into the variables of all hooks that get
 * them. If not, returns false: all sites have ended, unchanged, with
 * HD_EV_HOST. */
bool hd_hooks_fit(const struct hd_run *run, const struct hd_wave_cut *cut);

/* Runs the hooks before the first of these sites begins. If one fails, returns
 * false: all sites have ended, unchanged, with HD_EV_HOST. */
bool hd_hooks_before(
    const struct hd_run *run, struct hd_site *const *sites, size_t n);

/* Runs the hooks after the last of these sites has ended, if the plan of at
 * least one was applied. If a hook fails, upgraded hosts go back; after other
 * goals nothing can be undone, and the run has failed. */
void hd_hooks_after(
    const struct hd_run *run, struct hd_site *const *sites, size_t n);

/* Runs on_failure if any of the run->nhosts sites failed. Call it while the run
 * still has its locks. */
void hd_hooks_failure(const struct hd_run *run, struct hd_site *sites);

#endif
