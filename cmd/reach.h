#ifndef HD_REACH_H
#define HD_REACH_H

#include "cmd/command.h"
#include "core/plan/plan.h"

/* Brings the chosen hosts to the goal. Blocks until every host is at rest. */
enum hd_status hd_reach(struct hd_cli *cli, const struct hd_goal *goal);

/* The same for a goal that is nothing but its kind. */
enum hd_status hd_reach_kind(struct hd_cli *cli, enum hd_goal_kind kind);

#endif
