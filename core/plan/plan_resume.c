/* resume, and other goals on a host with a change that was cut off */
#include "core/plan/plan_private.h"

#include <string.h>

static bool
is_rollback(const struct hd_past *c)
{
	return hd_same(c->command, "rollback");
}

void
hd_change_mode(struct hd_goal *goal, const struct hd_host *host,
    const struct hd_past *change)
{
	if (goal->hot || goal->cold || change == NULL)
		return;
	goal->cold = hd_same(change->mode, "cold");
	goal->hot = !goal->cold && host->upgrade == HD_MODE_COLD;
}

/* Continues to the target of the change, from any state. */
static void
go_forward(struct hd_planning *p, const struct hd_past *c)
{
	const char *boots = hd_facts_boots(p->facts);
	const char *now =
	    hd_require_whole_switch(p) ? hd_require_from(p) : NULL;
	bool up = hd_vm_up(&p->facts->vm);

	if (now == NULL)
		return;
	if (up && hd_same(now, c->to) && hd_same(boots, c->to) &&
	    hd_facts_placed(p->facts, c->to))
		hd_plan_ends(p, c->to);
	else if (up && hd_same(now, c->to))
		hd_finish_steps(p, c->to);
	else if (up && hd_plan_unsettled(p, now))
		hd_refuse(p, "%s runs, and %s would boot", now,
		    boots ? boots : "something else");
	else
		hd_plan_by_mode(p, c->from, c->to,
		    is_rollback(c) ? hd_back_hot : hd_upgrade_hot);
	if (p->out->verdict == HD_PLAN_STEPS)
		hd_plan_end(p, c, false);
}

/* Goes back, with the plan of an undo after a failure. */
static void
go_back(struct hd_planning *p, const struct hd_past *c)
{
	struct hd_goal goal = { .kind = HD_GOAL_UNDO,
		.version = c->from,
		.failed = c->to,
		.failed_down = is_rollback(c),
		.hot = p->goal->hot,
		.cold = p->goal->cold };
	struct hd_planning undo = *p;

	hd_change_mode(&goal, p->host, c);
	undo.goal = &goal;
	hd_plan_goal(&undo);
	if (p->out->verdict != HD_PLAN_STEPS)
		return;
	hd_step_add(p, HD_STEP_RECORD, c->to);
	hd_plan_end(p, c, true);
}

/* Advises --cold if that can end the change. */
static void
advise_cold(struct hd_planning *p, const char *done)
{
	enum hd_goal_kind kind = p->goal->kind;
	struct hd_goal cold = { .kind = kind, .cold = true };
	char why[sizeof(p->out->reason)];
	struct hd_plan plan;

	if (p->out->verdict != HD_PLAN_REFUSED || p->goal->cold)
		return;
	hd_plan_make(&plan, p->app, p->host, &cold, p->facts);
	if (plan.verdict != HD_PLAN_STEPS)
		return;
	memcpy(why, p->out->reason, sizeof(why));
	hd_refuse(p, "%.500s; `%s` %s by stop and start", why,
	    hd_plan_advice(p, hd_goals[kind].name, "--cold"), done);
}

static bool
is_of(const struct hd_past *c, const char *version)
{
	return hd_same(version, c->from) || hd_same(version, c->to);
}

/* An upgrade was cut off and the node is down. Undoing it starts the version
 * that boots, and continues from there; if one boot pointer names the new
 * version and one the old, it sets both first. A cold upgrade that had switched
 * already is rolled back like any other version that boots. */
static bool
take_back_down(struct hd_planning *p, const struct hd_past *c)
{
	const struct hd_facts *f = p->facts;
	const char *boots = hd_facts_boots(f);
	bool cold = p->goal->cold || hd_same(c->mode, "cold");
	bool half =
	    boots == NULL && is_of(c, f->boot) && is_of(c, f->script_boot);

	if (is_rollback(c) || p->goal->from != NULL ||
	    !(half || hd_same(boots, c->from) ||
		(hd_same(boots, c->to) && !cold)))
		return false;
	go_back(p, c);
	advise_cold(p, "goes back");
	return true;
}

/* driver = app: the running version and the one that starts next can differ,
 * and each can be either version of the change. */
static bool
take_back_plain(struct hd_planning *p, const struct hd_past *c)
{
	const char *boots = hd_facts_boots(p->facts);
	const char *now = p->out->before != NULL ? p->out->before : boots;

	if ((p->goal->from != NULL && !hd_same(p->goal->from, now)) ||
	    !is_of(c, now) || (boots != NULL && !is_of(c, boots)))
		return false;
	if (is_rollback(c) && !hd_past_goes_back(c))
		go_forward(p, c);
	else
		go_back(p, c);
	return true;
}

bool
hd_plan_take_back(struct hd_planning *p)
{
	const struct hd_past *c = hd_facts_change(p->facts);
	const char *now = p->out->before;

	if (c == NULL || p->goal->version != NULL)
		return false;
	if (p->driver->plain)
		return take_back_plain(p, c);
	if (p->facts->vm.state == HD_VM_DOWN)
		return take_back_down(p, c);
	if ((p->goal->from != NULL && !hd_same(p->goal->from, now)) ||
	    !hd_same(now, hd_facts_boots(p->facts)))
		return false;
	if (is_rollback(c) && !hd_past_goes_back(c))
		return hd_plan_ends(p, now);
	if (!hd_same(c->from, now))
		return false;
	go_back(p, c);
	return true;
}

/* The running version is one of the change: somebody may have changed the host
 * since. */
static bool
require_ends(struct hd_planning *p, const struct hd_past *c)
{
	const char *now = p->out->before;

	if (now == NULL || hd_same(now, c->from) || hd_same(now, c->to))
		return true;
	hd_refuse(p,
	    "%s runs, and the change that was cut off went from %s to %s: "
	    "choose with `%s` or `%s`",
	    now, c->from, c->to, hd_plan_advice(p, "upgrade", c->from),
	    hd_plan_advice(p, "upgrade", c->to));
	return false;
}

void
hd_plan_resume(struct hd_planning *p)
{
	const struct hd_past *c = hd_facts_change(p->facts);
	struct hd_goal goal = *p->goal;
	struct hd_planning forward = *p;

	if (c == NULL) {
		hd_nothing(p, "no change was cut off here");
		return;
	}
	if (!require_ends(p, c))
		return;
	hd_change_mode(&goal, p->host, c);
	forward.goal = &goal;
	if (!hd_past_goes_back(c))
		go_forward(&forward, c);
	if (p->out->verdict == HD_PLAN_REFUSED)
		hd_plan_reset(p);
	if (p->out->n == 0)
		go_back(p, c);
	advise_cold(p, "makes the change");
}
