#ifndef HD_ROLLOUT_PLANS_H
#define HD_ROLLOUT_PLANS_H

#include "core/base/index.h"
#include "core/rollout/site.h"

/* The hosts of a run and their plans. */
struct hd_plans {
	const struct hd_run *run;
	struct hd_site *sites;
	struct hd_site **wanted; /* hosts with steps to do */
	size_t nwanted;
	struct hd_arena arena;   /* outlives the sites' goals */
	struct hd_index fetched; /* versions */
};

/*
 * Plans every host from its facts, s->before, and emits the plans. With
 * HD_GOAL_STATUS, examines each host instead. Sets wanted. True if no host
 * refuses and all were queried, or could be set aside.
 */
bool hd_plans_make(struct hd_plans *p) HD_CHECK;

#endif
