#ifndef HD_REACH_H
#define HD_REACH_H

#include "cmd/command.h"
#include "core/plan/plan.h"

/* Brings the chosen hosts to the goal. Blocks until every host is at rest. */
enum hd_status hd_reach(struct hd_cli *cli, const struct hd_goal *goal);

/* Better known before a build than after the first wave: HD_EUSAGE if the
 * pauses of deploy.ini cannot be kept here. hd_reach() asks as well. */
int hd_reach_possible(const struct hd_cli *cli, enum hd_goal_kind goal,
    struct hd_err *err) HD_CHECK;

/* The same for a goal that is nothing but its kind. */
enum hd_status hd_reach_kind(struct hd_cli *cli, enum hd_goal_kind kind);

/* What the chosen hosts run, "0.1.0 0.2.0", in arena; HD_STATUS_OK, or all
 * is said and this command is over. */
enum hd_status hd_reach_running(
    const char **out, struct hd_cli *cli, struct hd_arena *arena);

/* Shows the newest count changes of the chosen hosts. */
enum hd_status hd_reach_history(struct hd_cli *cli, unsigned count);

/* Takes the locks of other runs away, after a yes at the terminal. */
enum hd_status hd_reach_unlock(struct hd_cli *cli);

#endif
