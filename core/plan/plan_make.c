/* Which planner makes the plan for a goal, and what holds for all of them. */
#include "core/plan/plan_private.h"

#include <stdio.h>

void
hd_plan_status(struct hd_planning *p)
{
	hd_nothing(p, "looked");
}

static hd_planner *const planners[HD_GOALS] = {
	[HD_GOAL_PUSH] = hd_plan_push,
	[HD_GOAL_DEPLOY] = hd_plan_deploy,
	[HD_GOAL_START] = hd_plan_start,
	[HD_GOAL_STOP] = hd_plan_stop,
	[HD_GOAL_RESTART] = hd_plan_restart,
	[HD_GOAL_UPGRADE] = hd_plan_upgrade,
	[HD_GOAL_ROLLBACK] = hd_plan_rollback,
	[HD_GOAL_STATUS] = hd_plan_status,
	[HD_GOAL_COMMAND] = hd_plan_command,
	[HD_GOAL_FETCH] = hd_plan_fetch,
	[HD_GOAL_PRUNE] = hd_plan_prune,
	[HD_GOAL_RESUME] = hd_plan_resume,
	[HD_GOAL_UNDO] = hd_plan_undo,
};

/* Undoing a hot change may take a stop and a start. */
static const bool controls_vm[HD_GOALS] = {
	[HD_GOAL_START] = true,
	[HD_GOAL_STOP] = true,
	[HD_GOAL_RESTART] = true,
	[HD_GOAL_UPGRADE] = true,
	[HD_GOAL_ROLLBACK] = true,
	[HD_GOAL_RESUME] = true,
};

/* Goals that write to everything that boots, and may have to go back. */
static const bool writes[HD_GOALS] = {
	[HD_GOAL_PUSH] = true,
	[HD_GOAL_START] = true,
	[HD_GOAL_RESTART] = true,
	[HD_GOAL_UPGRADE] = true,
	[HD_GOAL_ROLLBACK] = true,
	[HD_GOAL_RESUME] = true,
};

/* True after a refusal. */
static bool
closed(struct hd_planning *p, const char *version)
{
	const char *why = hd_facts_about(&p->facts->closed, version);

	if (why != NULL)
		hd_refuse(p, "%s", why);
	return why != NULL;
}

/* A change may have to go back to the version that it starts from. */
static bool
refused_by_rights(struct hd_planning *p)
{
	const struct hd_plan plan = *p->out;

	if (!writes[p->goal->kind] || plan.verdict != HD_PLAN_STEPS)
		return false;
	if (hd_plan_has(&plan, HD_STEP_START) && closed(p, "-start"))
		return true;
	if (closed(p, "-") || closed(p, plan.back) || closed(p, plan.before))
		return true;
	for (size_t i = 0; i < plan.n; i++) {
		if (plan.steps[i].kind != HD_STEP_RECORD &&
		    closed(p, plan.steps[i].version))
			return true;
	}
	return false;
}

/* What rules out every goal that changes the host. */
static bool
refused_by_host(struct hd_planning *p)
{
	const struct hd_facts *f = p->facts;

	if (f->refusal != NULL)
		hd_refuse(p, "%s", f->refusal);
	else if (f->missing != NULL)
		hd_refuse(p, "the host lacks %s: install it there", f->missing);
	else if (f->unfinished != NULL)
		hd_refuse(p,
		    "an earlier operation still runs there (%s): wait for it, "
		    "then try again",
		    f->unfinished);
	else
		return false;
	return true;
}

/* Told before the run: such files are replaced, or kept. */
static void
tell_files(struct hd_planning *p)
{
	struct hd_plan *plan = p->out;
	const char *loose = hd_facts_about(&p->facts->loose, plan->after);
	const char *edited = hd_facts_about(&p->facts->edited, plan->after);

	if (loose == NULL || (!hd_plan_has(plan, HD_STEP_SWITCH) &&
				 !hd_plan_has(plan, HD_STEP_INSTALL)))
		return;
	snprintf(plan->files, sizeof(plan->files),
	    "files without a version in their path that change: %s%s%s", loose,
	    edited != NULL ? "; changed on this host: " : "",
	    edited != NULL ? edited : "");
}

void
hd_plan_make(struct hd_plan *out, const struct hd_app *app,
    const struct hd_host *host, const struct hd_goal *goal,
    const struct hd_facts *facts)
{
	HD_AUTO_ARENA words = { 0 };
	struct hd_planning p = {
		.out = out,
		.words = &words,
		.app = app,
		.host = host,
		.driver = hd_driver_find(app->driver),
		.goal = goal,
		.facts = facts,
	};

	*out = (struct hd_plan){ .verdict = HD_PLAN_STEPS };
	out->before = hd_facts_running(facts);
	out->after = out->before;
	out->back = out->before;
	if (hd_goal_changes_host[goal->kind] && refused_by_host(&p))
		return;
	planners[goal->kind](&p);
	if (out->verdict == HD_PLAN_STEPS &&
	    (!hd_commands_fit(&p) || !hd_node_is_found(&p) ||
		refused_by_rights(&p) ||
		(controls_vm[goal->kind] && !hd_service_fits(&p))))
		out->after = out->before;
	if (out->verdict == HD_PLAN_STEPS)
		hd_plan_hooks(&p);
	if (out->verdict == HD_PLAN_STEPS)
		tell_files(&p);
}
