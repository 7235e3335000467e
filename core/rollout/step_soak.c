/* Verifies a change for a while before it counts. */
#include "core/rollout/step.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"

enum { EVERY_MS = 2000 };

/* Also detects a restarted VM, which looks healthy again soon. */
static int
look(const struct hd_attempt *a, const struct hd_step *step,
    struct hd_vm *first, struct hd_err *err)
{
	const struct hd_vm *vm;

	if (hd_step_verify_run(a, step, err) < 0)
		return -1;
	vm = &a->site->now->vm;
	if (first->pid == 0)
		*first =
		    (struct hd_vm){ .pid = vm->pid, .creation = vm->creation };
	if (vm->pid != first->pid || vm->creation != first->creation)
		return hd_err_set(err, HD_EREMOTE,
		    "%s restarted during the soak",
		    hd_facts_noun(a->site->now));
	return 0;
}

static int
watch(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	int64_t end = hd_clock_ms() + a->site->host->soak;
	struct hd_vm first = { 0 };
	int left;

	while ((left = hd_clock_left(end)) > 0) {
		if (look(a, step, &first, err) < 0)
			return -1;
		a->site->health_reported = true;
		hd_clock_sleep(left < EVERY_MS ? (unsigned)left : EVERY_MS);
		if (hd_cancel_requested())
			return hd_err_set(err, HD_ECANCELED, "interrupted");
	}
	return look(a, step, &first, err);
}

int
hd_step_soak(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	int rc = watch(a, step, err);

	a->site->health_reported = false;
	return rc;
}
