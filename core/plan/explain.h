#ifndef HD_EXPLAIN_H
#define HD_EXPLAIN_H

#include "core/plan/plan.h"

/*
 * Why the plan of a host is what it is, for a reader who does not know hdeploy:
 * the facts that decided it, in the order in which a plan uses them, then the
 * plan, the reason for each step, and the settings that would change it.
 */

struct hd_statement {
	/* "goal", "runs", "boots", "versions", "change", "mode", "relup",
	 * "finding", "verdict", "plan", "step", "setting" */
	const char *topic;
	const char *text; /* one line */
};
struct hd_statements {
	struct hd_statement *v;
	size_t n, cap;
};

/* Appends the statements. Pure, as hd_plan_make(). Texts are in arena or
 * borrowed from the arguments. */
void hd_explain(struct hd_statements *out, struct hd_arena *arena,
    const struct hd_app *app, const struct hd_host *host,
    const struct hd_goal *goal, const struct hd_facts *facts);

#endif
