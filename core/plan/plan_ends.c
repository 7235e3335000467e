/* A plan that ends a change that was cut off, under the id of that change. */
#include "core/plan/plan_private.h"

bool
hd_past_goes_back(const struct hd_past *c)
{
	return hd_same(c->going, "back");
}

/* The version that the change is to end with. */
static const char *
target(const struct hd_past *c)
{
	return hd_past_goes_back(c) ? c->from : c->to;
}

void
hd_plan_end(struct hd_planning *p, const struct hd_past *c, bool back)
{
	struct hd_plan *plan = p->out;

	plan->ends = c;
	plan->goes_back = back;
	plan->undoes = c->undoes;
	plan->back = c->from;
	plan->after = back ? c->from : c->to;
	if (plan->relup == NULL) /* for the applications that it restarted */
		plan->relup = hd_relup_find(p->facts, c->from, c->to);
	plan->steps[plan->n - 1].version = c->to; /* RECORD */
}

void
hd_plan_adopt(struct hd_planning *p, const char *version)
{
	const struct hd_past *c = hd_facts_change(p->facts);

	if (c != NULL && p->out->verdict == HD_PLAN_STEPS &&
	    hd_same(target(c), version))
		hd_plan_end(p, c, hd_past_goes_back(c));
}

bool
hd_plan_ends(struct hd_planning *p, const char *version)
{
	const struct hd_past *c = hd_facts_change(p->facts);

	if (c == NULL || !hd_same(target(c), version))
		return false;
	hd_step_verify(p, version, false, true);
	hd_step_soak_add(p);
	hd_step_add(p, HD_STEP_RECORD, version);
	hd_plan_end(p, c, hd_past_goes_back(c));
	return true;
}

const char *
hd_plan_brings(const struct hd_plan *plan)
{
	return plan->ends != NULL ? plan->ends->to : plan->after;
}

const char *
hd_plan_leaves(const struct hd_plan *plan)
{
	return plan->back;
}
