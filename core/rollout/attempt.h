#ifndef HD_ATTEMPT_H
#define HD_ATTEMPT_H

#include "core/rollout/site.h"

/* One attempt to apply a plan to one host. */
struct hd_attempt {
	struct hd_site *site;
	const struct hd_plan *plan;
	const struct hd_facts *basis; /* what plan was made of */
	const struct hd_vm *before;   /* to compare with; NULL: nothing */
	const char *result;           /* what RECORD writes: "ok", "undone" */
	const char *command;          /* and as whose doing */
	bool back;   /* to what ran before: sick or not, that goes on */
	bool finish; /* to a safe end, also after an interruption */
};

/* Sleeps, or returns early with HD_ECANCELED if a may be interrupted. */
int hd_attempt_sleep(
    const struct hd_attempt *a, unsigned ms, struct hd_err *err) HD_CHECK;

#endif
