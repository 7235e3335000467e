#ifndef HD_PLAN_GROUPS_H
#define HD_PLAN_GROUPS_H

#include "core/event.h"

#include <stdio.h>

/*
 * The plans of all hosts for a person at a terminal, grouped by hosts with the
 * same plan.
 *
 *	web1, web2: planned 0.1.0 -> 0.2.0
 *	  snapshot 0.1.0, unpack 0.2.0, install 0.2.0
 */
struct hd_plan_groups;

struct hd_plan_groups *hd_plan_groups_new(void);
void hd_plan_groups_free(struct hd_plan_groups *p); /* NULL is fine */
/* ev is an HD_EV_PLAN, or an HD_EV_PROOF, whose verdict is shown as a result.
 */
void hd_plan_groups_take(struct hd_plan_groups *p, const struct hd_event *ev);
/* Writes the plans taken since the last call. */
void hd_plan_groups_print(
    struct hd_plan_groups *p, FILE *out, bool color, size_t columns);

#endif
