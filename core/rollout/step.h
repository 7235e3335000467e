#ifndef HD_STEP_H
#define HD_STEP_H

#include "core/rollout/attempt.h"

/* The journal line, .hdeploy/change, of this attempt. */
void hd_step_journal(const struct hd_attempt *a, struct hd_str *line);

/* The call that records this attempt. line: room for its argument, which call
 * borrows. HD_ELOCAL. */
int hd_step_record_call(struct hd_call *call, const struct hd_attempt *a,
    const struct hd_step *step, struct hd_str *line,
    struct hd_err *err) HD_CHECK;

/* Whether the run no longer needs the host after this step: no hook and no
 * other goal follows, and the failure of another host cannot undo the change.
 */
bool hd_step_is_last(const struct hd_attempt *a, const struct hd_step *step);

/* Runs one step, with its events. Blocks. */
int hd_step_run(const struct hd_attempt *a, const struct hd_step *step,
    struct hd_err *err) HD_CHECK;

typedef int hd_step_fn(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err);

/* Sets the arguments of a script other than version. */
typedef void hd_step_give_fn(struct hd_call *call, const struct hd_attempt *a,
    const struct hd_step *step, struct hd_arena *words);

/* What each kind of step does: one row each (step.c). Most are one operation;
 * the others have a function. */
struct hd_step_effect {
	const char *script;
	hd_step_give_fn *give; /* NULL: version is the only argument */
	size_t timeout; /* of the script: offset in struct hd_host; 0: short */
	size_t also;    /* another to add; 0: none */
	hd_step_fn *run;
	bool harmless;  /* a failure leaves the host unchanged */
	bool tidies_up; /* cleans up after a timeout */
	bool disturbs;  /* can end the VM or its processes */
};
extern const struct hd_step_effect hd_step_effects[];

/* One file each, step_*.c. */
hd_step_fn hd_step_ship, hd_step_check, hd_step_confirm, hd_step_hook,
    hd_step_command, hd_step_fetch, hd_step_verify_run, hd_step_soak,
    hd_step_drain, hd_step_record, hd_step_repaired;

#endif
