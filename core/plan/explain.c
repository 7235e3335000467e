#include "core/plan/explain_private.h"

#include "core/plan/finding.h"
#include "core/plan/proof.h"

/* What each goal is for; those that no plan is explained for have none. */
static const char *const purposes[HD_GOALS] = {
	[HD_GOAL_START] = "starts the version that boots, if nothing runs",
	[HD_GOAL_STOP] = "stops what runs; the next start starts the version "
			 "that boots",
	[HD_GOAL_RESTART] =
	    "stops what runs, and starts the version that boots",
	[HD_GOAL_UPGRADE] = "replaces the running version by one that was "
			    "pushed to this host",
	[HD_GOAL_ROLLBACK] = "takes the last change of the version back",
	[HD_GOAL_RESUME] = "finishes a change that was cut off, if there is "
			   "one",
	[HD_GOAL_PRUNE] = "removes versions that this host no longer needs",
	[HD_GOAL_REPAIR] = "mends what is damaged on the host; the version "
			   "stays the same",
	[HD_GOAL_STATUS] = "only looks at the host",
};

static void
explain_goal(struct hd_explaining *x)
{
	const struct hd_goal *goal = x->p.goal;
	const char *purpose = purposes[goal->kind];

	hd_state_why(x, "goal", "%s%s%s%s%s%s", hd_goals[goal->kind].name,
	    goal->version != NULL ? " " : "",
	    goal->version != NULL ? goal->version : "",
	    goal->cold  ? " --cold"
	    : goal->hot ? " --hot"
			: "",
	    purpose != NULL ? ": " : "", purpose != NULL ? purpose : "");
}

static void
explain_findings(struct hd_explaining *x)
{
	const struct hd_planning *p = &x->p;
	struct hd_findings found = { 0 };

	hd_findings(&found, p->words, p->app, p->host, p->goal, p->facts);
	for (size_t i = 0; i < found.n; i++)
		hd_state_why(x, "finding", "%s %s: %s",
		    hd_weight_names[found.v[i].weight], found.v[i].name,
		    found.v[i].text);
}

static void
explain_verdict(struct hd_explaining *x)
{
	const struct hd_planning *p = &x->p;
	struct hd_proof proof;

	hd_prove(&proof, p->app, p->host, p->goal, p->facts);
	if (proof.kind != HD_PROOF_NONE)
		hd_state_why(x, "verdict", "%s%s%s", hd_proof_words[proof.kind],
		    proof.why[0] != '\0' ? ": " : "", proof.why);
}

static void
explain_plan(struct hd_explaining *x)
{
	const struct hd_plan *plan = x->p.out;

	if (plan->verdict == HD_PLAN_REFUSED)
		hd_state_why(x, "plan", "refused: %s", plan->reason);
	else if (plan->verdict == HD_PLAN_NOTHING)
		hd_state_why(x, "plan", "nothing to do: %s", plan->reason);
	else
		hd_state_why(x, "plan", "%zu step%s, after which %s runs%s%s%s",
		    plan->n, plan->n == 1 ? "" : "s",
		    plan->after != NULL ? plan->after : "nothing",
		    plan->reason[0] != '\0' ? " (" : "", plan->reason,
		    plan->reason[0] != '\0' ? ")" : "");
	if (plan->files[0] != '\0')
		hd_state_why(x, "plan", "%s", plan->files);
}

void
hd_explain(struct hd_statements *out, struct hd_arena *arena,
    const struct hd_app *app, const struct hd_host *host,
    const struct hd_goal *goal, const struct hd_facts *facts)
{
	struct hd_plan plan;
	struct hd_explaining x = {
		.p = { .out = &plan,
		    .words = arena,
		    .app = app,
		    .host = host,
		    .driver = hd_driver_find(app->driver),
		    .goal = goal,
		    .facts = facts },
		.out = out,
	};

	hd_plan_make(&plan, app, host, goal, facts);
	explain_goal(&x);
	hd_explain_facts(&x);
	if (goal->kind == HD_GOAL_STATUS)
		return;
	explain_findings(&x);
	explain_verdict(&x);
	explain_plan(&x);
	hd_explain_steps(&x);
	hd_explain_settings(&x);
}
