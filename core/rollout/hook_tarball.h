#ifndef HD_HOOK_TARBALL_H
#define HD_HOOK_TARBALL_H

#include "core/base/scratch.h"
#include "core/rollout/hook.h"

/* A copy of the tarball of a push, for local before_push hooks that upload it
 * to a store. The tarball itself has no path. */
struct hd_hook_tarball {
	char folder[HD_SCRATCH_PATH]; /* only this user can enter it */
	char path[256];
	char size[24];
};

/* Makes the copy, mode 0600, and names it in the context, if the run has such a
 * hook. The context borrows from t, which the caller ends. HD_ELOCAL,
 * HD_ECANCELED. */
int hd_hook_tarball_init(struct hd_hook_tarball *t, const struct hd_run *run,
    struct hd_hook_context *context, struct hd_err *err) HD_CHECK;
void hd_hook_tarball_done(struct hd_hook_tarball *t); /* removes it */

#endif
