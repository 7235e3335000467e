#ifndef HD_HOOK_H
#define HD_HOOK_H

#include "core/rollout/site.h"

/* One hook of deploy.ini. What it is told travels as variables HDEPLOY_*:
 * data, of which no shell makes more; the command alone is text of one. */
struct hd_hook_context {
	const char *version, *previous; /* to and from; NULL: none */
	const char *hosts;              /* that change, a space between */
	const char *result; /* a name of hd_results; NULL: not over yet */
};

/* As an operation on a host, ended there when its time is over. HD_EREMOTE,
 * with its status and the command, if it fails. */
int hd_hook_there(struct hd_site *s, const struct hd_hook *hook,
    const struct hd_hook_context *o, struct hd_err *err) HD_CHECK;

/* The same for a hook of the run, as an HD_EV_STEP; s == NULL: on this machine,
 * as hd_child_run() does it. */
int hd_hook_run(const struct hd_run *run, const struct hd_hook *hook,
    struct hd_site *s, const struct hd_hook_context *o, struct hd_err *err);

#endif
