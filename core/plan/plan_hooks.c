/* Adds the hooks of deploy.ini to the steps of a plan. */
#include "core/plan/plan_private.h"

#include <string.h>

static bool
on_host(const struct hd_host *host, enum hd_hook_name name)
{
	for (size_t i = 0; i < host->hooks.n; i++) {
		if (host->hooks.v[i].name == name &&
		    host->hooks.v[i].place == HD_HOOK_REMOTE)
			return true;
	}
	return false;
}

enum hd_goal_kind
hd_plan_kind(const struct hd_plan *plan, enum hd_goal_kind goal)
{
	if (goal != HD_GOAL_RESUME || plan->ends == NULL)
		return goal;
	if (plan->goes_back)
		return HD_GOAL_UNDO;
	return hd_same(plan->ends->command, "rollback") ? HD_GOAL_ROLLBACK
							: HD_GOAL_UPGRADE;
}

const char *
hd_plan_about(const struct hd_plan *plan, const struct hd_goal *goal)
{
	return goal->kind == HD_GOAL_PUSH ? goal->artifact->version
					  : plan->after;
}

static void
add_step(struct hd_planning *p, enum hd_hook_name name)
{
	enum hd_goal_kind goal = hd_plan_kind(p->out, p->goal->kind);
	struct hd_step *s =
	    hd_step_add(p, HD_STEP_HOOK, hd_plan_about(p->out, p->goal));

	s->hook = name;
	s->lenient = hd_hook_rows[name].after && goal != HD_GOAL_UPGRADE;
}

/* Adds all hooks on this side of a step of this kind. */
static void
add(struct hd_planning *p, enum hd_hook_side side, enum hd_step_kind kind)
{
	enum hd_goal_kind goal = hd_plan_kind(p->out, p->goal->kind);

	if (side == HD_HOOK_AHEAD &&
	    (kind == HD_STEP_RESTART || kind == HD_STEP_RELOAD))
		kind = HD_STEP_START;
	for (unsigned name = 0; name < HD_HOOKS; name++) {
		const struct hd_hook_row *r = &hd_hook_rows[name];

		if (r->side != side ||
		    (side != HD_HOOK_FIRST && r->step != kind) ||
		    (r->goal != HD_GOALS && r->goal != goal))
			continue;
		p->out->hooks |= 1U << name;
		if (on_host(p->host, (enum hd_hook_name)name))
			add_step(p, (enum hd_hook_name)name);
	}
}

/* Verifies again before the record, because after_upgrade hooks may have harmed
 * the node. */
static void
verify_again(struct hd_planning *p)
{
	const struct hd_step *last = &p->out->steps[p->out->n - 1];

	if (last->kind != HD_STEP_HOOK || last->hook != HD_HOOK_AFTER_UPGRADE)
		return;
	for (size_t i = p->out->n; i-- > 0;) {
		const struct hd_step s = p->out->steps[i];

		if (s.kind != HD_STEP_VERIFY)
			continue;
		*hd_step_add(p, s.kind, s.version) = s;
		return;
	}
}

/* The way back has no hooks, to depend on as little as possible. The two halves
 * of a deploy have their own. */
void
hd_plan_hooks(struct hd_planning *p)
{
	const struct hd_plan bare = *p->out;
	enum hd_goal_kind goal = hd_plan_kind(&bare, p->goal->kind);

	if (goal == HD_GOAL_UNDO || goal == HD_GOAL_DEPLOY)
		return;
	p->out->n = 0;
	for (size_t i = 0; i < bare.n; i++) {
		const struct hd_step *s = &bare.steps[i];

		if (i == 0)
			add(p, HD_HOOK_FIRST, s->kind);
		add(p, HD_HOOK_AHEAD, s->kind);
		if (s->kind == HD_STEP_RECORD)
			verify_again(p);
		*hd_step_add(p, s->kind, s->version) = *s;
		add(p, HD_HOOK_BEHIND, s->kind);
	}
}
