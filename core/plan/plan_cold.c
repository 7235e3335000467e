/* upgrade and rollback by stop and start, and the choice between hot and
 * cold */
#include "core/plan/plan_private.h"

#include <stdio.h>
#include <string.h>

/* The version that the change started from, for the history and the way back.
 * If a run was cut off after its switch, only its snapshot has it. */
static const char *
came_from(const struct hd_facts *f, const char *from, const char *to)
{
	return hd_same(from, to) && hd_plan_unrecorded(f, to) ? f->snapshot_boot
							      : from;
}

void
hd_cold_steps(struct hd_planning *p, const char *from, const char *to)
{
	const struct hd_facts *f = p->facts;
	bool down = f->vm.state == HD_VM_DOWN;

	p->out->back = came_from(f, from, to);
	p->out->after = to;
	if (p->driver->plain) {
		hd_plain_steps(p, from, to);
		return;
	}
	if (!down || !hd_same(hd_facts_boots(f), to)) {
		if (f->switching == NULL)
			hd_step_add(p, HD_STEP_SNAPSHOT, from);
		if (!hd_plan_mend(p, HD_STEP_STAGE, from))
			return;
		hd_step_add(p, HD_STEP_STAGE, to);
		if (hd_service_holds(p))
			hd_step_add(p, HD_STEP_STOP, from);
		hd_step_add(p, HD_STEP_SWITCH, to);
	}
	hd_step_boot(p, to);
	hd_step_soak_add(p);
	hd_step_add(p, HD_STEP_RECORD, to);
}

/* A version that hdeploy did not push has no tarball and needs none. */
static void
plan_cold(struct hd_planning *p, const char *from, const char *to)
{
	bool whole = hd_facts_unpacked(p->facts, to) &&
		     hd_facts_about(&p->facts->gone, to) == NULL;

	if (whole || hd_require_bits(p, to))
		hd_cold_steps(p, from, to);
}

/* Puts the first clause of the hot refusal into the reason; its advice does not
 * apply. */
static void
explain_cold(struct hd_planning *p, const char *why)
{
	if (p->out->verdict == HD_PLAN_STEPS)
		snprintf(p->out->reason, sizeof(p->out->reason), "cold: %.*s",
		    (int)strcspn(why, ":"), why);
}

void
hd_plan_by_mode(
    struct hd_planning *p, const char *from, const char *to, hd_plan_hot *hot)
{
	enum hd_mode mode = hd_plan_mode(p);
	char why[sizeof(p->out->reason)] = "the node is down";

	if (p->facts->vm.blocked != NULL)
		snprintf(why, sizeof(why), "its release_handler is blocked");
	else if (!p->driver->plain && mode != HD_MODE_COLD &&
		 p->facts->vm.state == HD_VM_UP) {
		hot(p, from, to);
		if (mode == HD_MODE_HOT || p->out->verdict != HD_PLAN_REFUSED)
			return;
		memcpy(why, p->out->reason, sizeof(why));
		hd_plan_reset(p);
	}
	plan_cold(p, from, to);
	if (mode == HD_MODE_AUTO)
		explain_cold(p, why);
}
