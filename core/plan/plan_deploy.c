/* deploy: a push, then an upgrade or a start, planned for the host as the push
 * will leave it */
#include "core/plan/plan_private.h"

/* Whether a start is enough: nothing runs, and version boots. If a change led
 * to that and was cut off before its record, an upgrade ends it and knows the
 * way back. */
static bool
starts(const struct hd_planning *p, const char *version)
{
	const struct hd_facts *f = p->facts;

	return f->vm.state == HD_VM_DOWN &&
	       hd_same(hd_facts_boots(f), version) &&
	       (hd_plan_mode(p) == HD_MODE_HOT ||
		   !hd_plan_unrecorded(f, version));
}

struct hd_goal
hd_plan_after_push(const struct hd_goal *deploy, const struct hd_host *host,
    const struct hd_facts *facts)
{
	const struct hd_planning p = {
		.goal = deploy, .host = host, .facts = facts
	};
	struct hd_goal goal = *deploy;

	goal.version = deploy->artifact->version;
	goal.kind = starts(&p, goal.version) ? HD_GOAL_START : HD_GOAL_UPGRADE;
	return goal;
}

/* The records as they will be after a is shipped, in arena. */
static void
predict_records(
    struct hd_facts *then, const struct hd_artifact *a, struct hd_arena *arena)
{
	const struct hd_facts now = *then;

	then->records.v = NULL;
	then->records.n = then->records.cap = 0;
	for (size_t i = 0; i < now.records.n; i++) {
		if (!hd_same(now.records.v[i].version, a->version))
			*HD_PUSH(arena, &then->records) = now.records.v[i];
	}
	*HD_PUSH(arena, &then->records) = (struct hd_record){
		.version = a->version,
		.identity = a->identity,
		.sha256 = a->sha256,
		.erts = a->erts,
		.relup = a->relup,
		.libs = a->libs,
	};
}

static void
add_steps(struct hd_plan *to, const struct hd_plan *from)
{
	for (size_t i = 0; i < from->n; i++)
		to->steps[to->n++] = from->steps[i];
}

/* Joins both plans; the second determines what runs in the end. */
static void
join(struct hd_plan *out, const struct hd_plan *push,
    const struct hd_plan *change)
{
	*out = *change;
	if (change->verdict == HD_PLAN_REFUSED || push->n == 0)
		return;
	out->n = 0;
	out->verdict = HD_PLAN_STEPS;
	if (change->verdict == HD_PLAN_NOTHING)
		out->reason[0] = '\0';
	add_steps(out, push);
	add_steps(out, change);
	out->shipping = push->n;
	out->hooks |= push->hooks;
}

void
hd_plan_deploy(struct hd_planning *p)
{
	const struct hd_artifact *a = p->goal->artifact;
	HD_AUTO_ARENA arena = { 0 };
	struct hd_facts then = *p->facts;
	struct hd_goal goal = *p->goal;
	struct hd_plan push, change;

	goal.kind = HD_GOAL_PUSH;
	hd_plan_make(&push, p->app, p->host, &goal, p->facts);
	if (push.verdict == HD_PLAN_REFUSED) {
		hd_refuse(p, "%s", push.reason);
		(void)hd_bar(p, push.bars);
		return;
	}
	if (hd_plan_has(&push, HD_STEP_SHIP))
		predict_records(&then, a, &arena);
	if (hd_plan_has(&push, HD_STEP_PLACE))
		then.boot = a->version;
	goal = hd_plan_after_push(p->goal, p->host, &then);
	hd_plan_make(&change, p->app, p->host, &goal, &then);
	join(p->out, &push, &change);
}
