/* The end of a repair: the facts again. Nothing is left to repair, the same VM
 * runs the same version, and would boot it. */
#include "core/rollout/step.h"

#include "core/plan/verify.h"
#include "core/rollout/look.h"

#include <string.h>

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Only steps count: what no repair can mend was reported with the plan. */
static int
require_nothing_left(const struct hd_site *s, struct hd_err *err)
{
	HD_AUTO_STR left = HD_STR_INIT(1024);
	struct hd_plan again;

	hd_plan_make(&again, s->run->app, s->host, &s->goal, s->now);
	if (again.verdict == HD_PLAN_NOTHING)
		return 0;
	if (again.verdict == HD_PLAN_REFUSED)
		return hd_err_set(err, HD_EREMOTE, "%s", again.reason);
	hd_plan_describe(&again, &left);
	return hd_err_set(err, HD_EREMOTE, "still to do: %s", left.ptr);
}

static int
require_same_node(const struct hd_attempt *a, struct hd_err *err)
{
	const struct hd_facts *now = a->site->now;
	enum hd_actual_mode mode;

	if (a->before == NULL && now->vm.state == HD_VM_DOWN)
		return 0;
	if (!same(hd_facts_running(now), a->plan->before))
		return hd_err_set(err, HD_EREMOTE,
		    "%s runs now, and %s ran before",
		    hd_facts_running(now) ? hd_facts_running(now)
					  : "an unknown version",
		    a->plan->before ? a->plan->before : "nothing");
	if (a->before != NULL && hd_actual_mode_find(&mode, a->before, now) &&
	    mode == HD_ACTUAL_COLD)
		return hd_err_set(err, HD_EREMOTE, "%s was restarted meanwhile",
		    hd_facts_noun(now));
	return 0;
}

/* step->version: the version that must boot. */
int
hd_step_repaired(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	struct hd_site *s = a->site;

	if (hd_site_look(s, err) < 0 || require_same_node(a, err) < 0)
		return -1;
	if (step->version != NULL &&
	    !same(hd_facts_boots(s->now), step->version))
		return hd_err_set(err, HD_EREMOTE,
		    "a reboot would start %s, not %s",
		    hd_facts_boots(s->now) ? hd_facts_boots(s->now) : "nothing",
		    step->version);
	return require_nothing_left(s, err);
}
