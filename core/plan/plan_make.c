/* Which planner makes the plan for a goal, and what holds for all of them. */
#include "core/plan/plan_private.h"

#include <stdio.h>

void
hd_plan_status(struct hd_planning *p)
{
	hd_nothing(p, "looked");
}

/* What is written to for this version, or by one of the names that stand for
 * more than one. */
static bool
require_open(struct hd_planning *p, const char *version)
{
	const char *why = hd_facts_about(&p->facts->closed, version);

	if (why != NULL)
		hd_refuse(p, "%s", why);
	return why == NULL;
}

/* A change may have to go back to the version that it starts from. */
static bool
require_rights(struct hd_planning *p)
{
	const struct hd_plan plan = *p->out;

	if (!hd_goals[p->goal->kind].writes)
		return true;
	if (hd_plan_has(&plan, HD_STEP_START) && !require_open(p, "-start"))
		return false;
	if (!require_open(p, "-") || !require_open(p, plan.back) ||
	    !require_open(p, plan.before))
		return false;
	for (size_t i = 0; i < plan.n; i++) {
		if (plan.steps[i].kind != HD_STEP_RECORD &&
		    !require_open(p, plan.steps[i].version))
			return false;
	}
	return true;
}

static void
refuse_missing(struct hd_planning *p)
{
	const struct hd_strs *tools = &p->facts->missing;
	HD_AUTO_STR names = HD_STR_INIT(sizeof(p->out->reason));

	for (size_t i = 0; i < tools->n; i++)
		hd_str_addf(&names, "%s%s", i > 0 ? ", " : "", tools->v[i]);
	hd_refuse(p, "the host lacks %s: install it there",
	    names.failed ? "many tools" : names.ptr);
}

/* For every goal that changes the host. */
static bool
require_host(struct hd_planning *p)
{
	const struct hd_facts *f = p->facts;

	if (f->refusal != NULL)
		hd_refuse(p, "%s", f->refusal);
	else if (f->missing.n > 0)
		refuse_missing(p);
	else if (f->unfinished != NULL)
		hd_refuse(p,
		    "an earlier operation still runs there (%s): wait for it, "
		    "then try again",
		    f->unfinished);
	else
		return true;
	return false;
}

/* Where no relup tells, the goal does. */
static bool
goes_down(const struct hd_planning *p)
{
	if (p->out->relup != NULL)
		return p->out->relup->down;
	if (p->out->ends != NULL)
		return hd_same(p->out->ends->command, "rollback") !=
		       p->out->goes_back;
	return p->goal->kind == HD_GOAL_ROLLBACK ||
	       (p->goal->kind == HD_GOAL_UNDO && !p->goal->failed_down);
}

static void
direct_installs(struct hd_planning *p)
{
	for (size_t i = 0; i < p->out->n; i++)
		if (p->out->steps[i].kind == HD_STEP_INSTALL)
			p->out->steps[i].down = goes_down(p);
}

/* For every plan that has steps. */
static bool
require_steps(struct hd_planning *p)
{
	return hd_require_commands(p) && hd_require_node(p) &&
	       require_rights(p) &&
	       (!hd_goals[p->goal->kind].controls_vm || hd_require_service(p));
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
	if (hd_goals[goal->kind].changes_host && !require_host(&p))
		return;
	hd_goals[goal->kind].planner(&p);
	if (out->verdict != HD_PLAN_STEPS)
		return;
	direct_installs(&p);
	if (!require_steps(&p)) {
		out->after = out->before;
		return;
	}
	hd_plan_hooks(&p);
	tell_files(&p);
}

bool
hd_plan_replaces(const struct hd_plan *plan, enum hd_goal_kind goal)
{
	return hd_goals[goal].asks_health && plan->verdict == HD_PLAN_STEPS &&
	       plan->before != NULL && plan->ends == NULL &&
	       (hd_plan_has(plan, HD_STEP_INSTALL) ||
		   hd_plan_has(plan, HD_STEP_SWITCH));
}
