/* confirm = new_connection: a step before a change becomes permanent. */
#include "core/plan/plan_private.h"

#include <string.h>

bool
hd_confirms(const struct hd_host *host)
{
	return host->confirm == HD_CONFIRM_NEW_CONNECTION &&
	       host->connection != HD_CONN_LOCAL;
}

/* The step that makes the change permanent, or else the last one before it
 * counts; n: none. */
static size_t
find_place(const struct hd_plan *plan)
{
	size_t record = plan->n;

	for (size_t i = 0; i < plan->n; i++) {
		if (plan->steps[i].kind == HD_STEP_COMMIT)
			return i;
		if (plan->steps[i].kind == HD_STEP_RECORD)
			record = i;
	}
	return record;
}

/* The way back has no such step, to depend on as little as possible. The two
 * halves of a deploy have their own. */
void
hd_plan_confirm(struct hd_planning *p)
{
	enum hd_goal_kind kind = hd_plan_kind(p->out, p->goal->kind);
	struct hd_plan *plan = p->out;
	size_t at = find_place(plan), n = plan->n;
	struct hd_step step = { .kind = HD_STEP_CONFIRM };

	if (!hd_confirms(p->host) || !hd_goals[kind].changes_version || at == n)
		return;
	step.version = plan->steps[at].version;
	(void)hd_step_add(p, HD_STEP_CONFIRM, step.version);
	memmove(&plan->steps[at + 1], &plan->steps[at],
	    (n - at) * sizeof(plan->steps[0]));
	plan->steps[at] = step;
}
