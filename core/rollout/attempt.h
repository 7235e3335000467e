#ifndef HD_ATTEMPT_H
#define HD_ATTEMPT_H

#include "core/rollout/site.h"

/* One attempt to apply a plan to one host. */
struct hd_attempt {
	struct hd_site *site;
	const struct hd_plan *plan;
	const struct hd_facts *basis; /* the facts that plan was made from */
	const struct hd_vm *before;   /* for comparison; NULL: none */
	const char *result;           /* what RECORD writes: "ok", "undone" */
	const char *command;          /* RECORD writes this too */
	bool back;   /* to the previous version, even if it is sick */
	bool finish; /* continues after an interruption, to a safe end */
};

/* Sleeps for ms. Returns early with HD_ECANCELED if the attempt can be
 * interrupted. */
int hd_attempt_sleep(
    const struct hd_attempt *a, unsigned ms, struct hd_err *err) HD_CHECK;

#endif
