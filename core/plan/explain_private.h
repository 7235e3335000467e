#ifndef HD_EXPLAIN_PRIVATE_H
#define HD_EXPLAIN_PRIVATE_H

#include "core/plan/explain.h"
#include "core/plan/plan_private.h"

/* An explanation while it is made. p.words is the arena of the texts, p.out
 * the plan that is explained. */
struct hd_explaining {
	struct hd_planning p;
	struct hd_statements *out;
};

/* explain_state.c: appends a statement. */
void hd_state_why(struct hd_explaining *x, const char *topic, const char *fmt,
    ...) HD_PRINTF(3, 4);

/* explain_facts.c: the facts of the host. */
void hd_explain_facts(struct hd_explaining *x);
/* explain_steps.c: the reason for each step of the plan. */
void hd_explain_steps(struct hd_explaining *x);
/* explain_settings.c: each setting that would lead to another plan. */
void hd_explain_settings(struct hd_explaining *x);

#endif
