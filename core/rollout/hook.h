#ifndef HD_HOOK_H
#define HD_HOOK_H

#include "core/rollout/site.h"

/* The context of a hook. Hooks get it in environment variables HDEPLOY_*, so no
 * shell expands it; only the command itself is shell text. */
struct hd_hook_context {
	const char *version, *previous; /* of the change; NULL: none */
	const char *hosts; /* hosts that change, separated by spaces */
	/* The host that it runs around, and its address; NULL: none */
	const char *host, *address;
	size_t wave; /* that it runs around, from 1; 0: none */
	/* Hosts whose outcome local hooks get */
	struct hd_site *const *sites;
	size_t nsites;
	const char *result; /* a name of hd_results; NULL: not ended */
	/* Of the tarball that a push ships; NULL: none */
	const char *tarball; /* its file on this machine, for local hooks */
	const char *sha256, *size;
};

/* Runs the hook as an operation on the host, which ends it at its deadline. If
 * it fails: HD_EREMOTE with its status and the command. */
int hd_hook_on_host(struct hd_site *s, const struct hd_hook *hook,
    const struct hd_hook_context *context, struct hd_err *err) HD_CHECK;

/* Runs a hook of the run, with an HD_EV_STEP. s == NULL: on this machine, by
 * hd_child_run(), with hd_hook_json() as its stdin. */
int hd_hook_run(const struct hd_run *run, const struct hd_hook *hook,
    struct hd_site *s, const struct hd_hook_context *context,
    struct hd_err *err);

/* Makes err say only that hooks of this name failed, for the report of a host:
 * their events have the details. */
void hd_hook_shorten(struct hd_err *err, enum hd_hook_name name);

#endif
