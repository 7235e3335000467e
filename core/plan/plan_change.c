/* How a change of the version is made: hot, cold, or as driver = app does. */
#include "core/plan/plan_private.h"

#include <stdio.h>
#include <string.h>

bool
hd_plan_unsettled(const struct hd_planning *p, const char *running)
{
	return !p->driver->plain && !hd_same(running, hd_facts_boots(p->facts));
}

/* A version that hdeploy did not push has no tarball and needs none. */
static void
by_restart(struct hd_planning *p, const char *from, const char *to)
{
	bool whole = hd_facts_unpacked(p->facts, to) &&
		     hd_facts_about(&p->facts->gone, to) == NULL;

	if (!whole && !hd_require_bits(p, to))
		return;
	if (p->driver->plain)
		hd_plain_steps(p, from, to);
	else
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

	/* resume ends a change that was cut off; until then, no repair */
	if (hd_facts_change(p->facts) == NULL && !hd_require_unchanged(p, to))
		return;
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
	by_restart(p, from, to);
	if (mode == HD_MODE_AUTO)
		explain_cold(p, why);
}

void
hd_finish_steps(struct hd_planning *p, const char *version)
{
	if (p->driver->plain)
		hd_plain_finish(p, version);
	else
		hd_hot_finish(p, version);
}
