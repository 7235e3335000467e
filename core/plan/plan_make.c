/* Calls the planner of the goal, and checks what all plans require. */
#include "core/plan/plan_private.h"

#include <stdio.h>

void
hd_plan_status(struct hd_planning *p)
{
	hd_nothing(p, "looked");
}

/* Refuses if the host cannot write what version needs; version can also be "-"
 * or "-start", see hd_facts.closed. */
static bool
require_writable(struct hd_planning *p, const char *version)
{
	const char *why = hd_facts_about(&p->facts->closed, version);

	if (why != NULL)
		hd_refuse(p, "%s", why);
	return why == NULL;
}

/* Checks the rights for all versions of the plan and for the way back. */
static bool
require_rights(struct hd_planning *p)
{
	const struct hd_plan plan = *p->out;

	if (!hd_goals[p->goal->kind].writes)
		return true;
	if (hd_plan_has(&plan, HD_STEP_START) && !require_writable(p, "-start"))
		return false;
	if (!require_writable(p, "-") || !require_writable(p, plan.back) ||
	    !require_writable(p, plan.before))
		return false;
	for (size_t i = 0; i < plan.n; i++) {
		if (plan.steps[i].kind != HD_STEP_RECORD &&
		    !require_writable(p, plan.steps[i].version))
			return false;
	}
	return true;
}

/* Refuses on the first stop. */
static bool
require_findings(struct hd_planning *p)
{
	const struct hd_goal_row *row = &hd_goals[p->goal->kind];
	struct hd_findings found = { 0 };

	if (!row->changes_host)
		return true;
	hd_findings(&found, p->words, p->app, p->host, p->goal, p->facts);
	for (size_t i = 0; i < found.n; i++) {
		const struct hd_finding *one = &found.v[i];

		if (one->weight != HD_WEIGHT_STOP ||
		    !(row->writes || one->always))
			continue;
		if (one->always)
			hd_refuse(p, "%s", one->text);
		else /* the name that `ignore` needs */
			hd_refuse(p, "%s (%s)", one->text, one->name);
		return false;
	}
	return true;
}

/* Whether an install goes to an older version: by its relup, or else by the
 * goal. */
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
set_directions(struct hd_planning *p)
{
	for (size_t i = 0; i < p->out->n; i++)
		if (p->out->steps[i].kind == HD_STEP_INSTALL)
			p->out->steps[i].down = goes_down(p);
}

/* The mode of this run or of deploy.ini is one that the driver has. */
static bool
require_mode(struct hd_planning *p)
{
	enum hd_goal_kind kind = p->goal->kind;

	if (p->driver->plain && p->goal->hot && kind != HD_GOAL_UNDO)
		hd_refuse(p,
		    "driver %s has no hot upgrade: leave out --hot; with "
		    "upgrade = reload the running program takes over the new "
		    "version",
		    p->app->driver);
	else if (!p->driver->plain && p->host->upgrade == HD_MODE_RELOAD &&
		 hd_goals[kind].changes_version)
		hd_refuse(p,
		    "upgrade = reload needs driver = app: set upgrade = hot, "
		    "cold or auto");
	else
		return true;
	return false;
}

/* Requirements of every plan that has steps. */
static bool
require_steps(struct hd_planning *p)
{
	return hd_require_commands(p) && hd_require_plain(p) &&
	       hd_require_node(p) && require_rights(p) &&
	       (!hd_goals[p->goal->kind].controls_vm || hd_require_service(p));
}

/* Reports loose files that the change replaces or keeps. */
static void
report_files(struct hd_planning *p)
{
	struct hd_plan *plan = p->out;
	const char *loose = hd_facts_about(&p->facts->loose, plan->after);
	const char *edited = hd_facts_about(&p->facts->edited, plan->after);

	if (loose == NULL || (!hd_plan_has(plan, HD_STEP_SWITCH) &&
				 !hd_plan_has(plan, HD_STEP_INSTALL)))
		return;
	snprintf(plan->files, sizeof(plan->files),
	    "files without a version in their path that change: %s%s%s", loose,
	    edited != NULL ? "; edited on this host: " : "",
	    edited != NULL ? edited : "");
}

void
hd_plan_goal(struct hd_planning *p)
{
	const struct hd_goal_row *row = &hd_goals[p->goal->kind];

	if (p->driver->plain && row->plain != NULL)
		row->plain(p);
	else
		row->planner(p);
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
	if (!require_findings(&p) || !require_mode(&p))
		return;
	hd_plan_goal(&p);
	if (out->verdict != HD_PLAN_STEPS)
		return;
	set_directions(&p);
	if (!require_steps(&p)) {
		out->after = out->before;
		return;
	}
	hd_plan_confirm(&p);
	hd_plan_hooks(&p);
	report_files(&p);
}

const char *
hd_plan_repairs(struct hd_planning *p)
{
	const struct hd_goal repair = { .kind = HD_GOAL_REPAIR };
	struct hd_plan plan;

	if (p->goal->kind == HD_GOAL_REPAIR)
		return NULL;
	hd_plan_make(&plan, p->app, p->host, &repair, p->facts);
	return plan.verdict == HD_PLAN_STEPS ? hd_plan_advice(p, "repair", NULL)
					     : NULL;
}

bool
hd_plan_replaces(const struct hd_plan *plan, enum hd_goal_kind goal)
{
	return hd_goals[goal].asks_health && plan->verdict == HD_PLAN_STEPS &&
	       plan->before != NULL && plan->ends == NULL &&
	       (hd_plan_has(plan, HD_STEP_INSTALL) ||
		   hd_plan_has(plan, HD_STEP_SWITCH));
}
