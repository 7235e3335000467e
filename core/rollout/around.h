#ifndef HD_AROUND_H
#define HD_AROUND_H

#include "core/rollout/site.h"

/*
 * The hooks of this machine around each wave and around the change of each
 * host, for load balancers: before_wave, before_host, after_host, after_wave.
 * An after_... hook runs once for each before_... that began, however the hook
 * or the change ended, but not after a second Ctrl-C. All functions block.
 */

/* A wave. number counts from 1; 0: hosts that go back together, which is not a
 * wave and has no hooks of its own. */
struct hd_wave {
	const struct hd_run *run;
	struct hd_site *const *sites;
	size_t n, number;
	const char *hosts; /* names of all hosts that change, for HDEPLOY_HOSTS
			    */
};

/* Runs before_wave. If it fails, returns -1, and no host of the wave can
 * begin. */
int hd_around_wave_before(const struct hd_wave *w, struct hd_err *err) HD_CHECK;
/* Runs after_wave. If it fails, returns -1, and the results of its hosts
 * name it. */
int hd_around_wave_after(const struct hd_wave *w, struct hd_err *err) HD_CHECK;

/* hd_apply() between before_host and after_host. If before_host fails, the host
 * ends unchanged. Returns -1 if after_host failed. */
int hd_around_apply(
    const struct hd_wave *w, struct hd_site *s, struct hd_err *err) HD_CHECK;

/* hd_apply_undo() between both. A hook that fails does not stop the way back.
 * After a second Ctrl-C the way back does not begin, and the result says that.
 * Returns false, with nothing done, if the plan cannot be taken back. */
bool hd_around_undo(
    const struct hd_wave *w, struct hd_site *s, const struct hd_err *why);

/* Whether the run has a hook of this name. */
bool hd_around_has(const struct hd_run *run, enum hd_hook_name name);

#endif
