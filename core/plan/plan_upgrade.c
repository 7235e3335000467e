#include "core/plan/plan_private.h"

/* If the running version is sick, health checks cannot prove the upgrade and
 * would fail again on the way back. */
static void
refuse_sick(struct hd_planning *p, const char *from, const char *to)
{
	const struct hd_goal *goal = p->goal;
	const char *version = goal->artifact == NULL ? to : "";
	const char *mode = goal->cold ? " --cold" : goal->hot ? " --hot" : "";

	if (goal->sick == NULL || goal->force_unhealthy ||
	    p->out->verdict != HD_PLAN_STEPS)
		return;
	hd_refuse(p,
	    "%s runs and is not healthy: %s; if %s is meant to fix that: `%s`",
	    from, goal->sick, to,
	    hd_plan_advice(p, goal->artifact == NULL ? "upgrade" : "deploy",
		hd_arena_fmt(p->words, "%s%s--force-unhealthy%s", version,
		    version[0] != '\0' ? " " : "", mode)));
}

/* Whether files of the running version are gone; adds the steps that restore
 * them, or refuses. */
static bool
restore_files(struct hd_planning *p, const char *version)
{
	if (hd_facts_about(&p->facts->gone, version) == NULL)
		return false;
	if (!hd_plan_mend(p, HD_STEP_STAGE, version))
		return true;
	hd_step_verify(p, version, false, true);
	hd_step_add(p, HD_STEP_RECORD, version);
	return true;
}

/* Whether the node knows the running version as permanent, so that only files
 * were changed or damaged. */
static bool
lost_pointer(const struct hd_planning *p, const char *running)
{
	return hd_same(hd_facts_status(p->facts, running), "permanent");
}

static void
refuse_not_permanent(
    struct hd_planning *p, const char *running, const char *boots)
{
	const struct hd_goal goal = { .kind = HD_GOAL_ROLLBACK };
	const char *repair =
	    lost_pointer(p, running) ? hd_plan_repairs(p) : NULL;
	const char *other = "";
	struct hd_plan rollback;

	if (repair != NULL) {
		hd_refuse(p,
		    "%s runs and a reboot would start %s: first `%s`, which "
		    "makes %s permanent",
		    running, boots ? boots : "something else", repair, running);
		return;
	}

	hd_plan_make(&rollback, p->app, p->host, &goal, p->facts);
	if (rollback.verdict == HD_PLAN_STEPS)
		other = hd_arena_fmt(
		    p->words, ", or `%s`", hd_plan_advice(p, "rollback", NULL));
	hd_refuse(p,
	    "%s runs and is not permanent (a reboot would start %s): first "
	    "`%s`%s",
	    running, boots ? boots : "something else",
	    hd_plan_advice(p, "upgrade", running), other);
}

void
hd_plan_upgrade(struct hd_planning *p)
{
	const char *to = p->goal->version;
	const char *boots = hd_facts_boots(p->facts);
	bool up = hd_vm_up(&p->facts->vm);
	const char *from =
	    hd_require_whole_switch(p) ? hd_require_from(p) : NULL;

	if (from == NULL)
		return;
	if (up && hd_same(from, to) && hd_same(boots, to) &&
	    hd_facts_placed(p->facts, to)) {
		if (!hd_plan_ends(p, to) && !restore_files(p, to))
			hd_nothing(p, "runs %s already", to);
	} else if (up && hd_same(from, to)) {
		hd_finish_steps(p, to);
		hd_plan_adopt(p, to);
	} else if (up && hd_plan_unsettled(p, from)) {
		refuse_not_permanent(p, from, boots);
	} else {
		hd_plan_by_mode(p, from, to, hd_upgrade_hot);
		refuse_sick(p, from, to);
	}
}
