#ifndef HD_REACH_H
#define HD_REACH_H

#include "cmd/command.h"
#include "core/plan/plan.h"
#include "core/rollout/check.h"
#include "core/rollout/rollout.h"

/* Brings the selected hosts to the goal. Blocks until no host is being worked
 * on. */
enum hd_status hd_reach(struct hd_cli *cli, const struct hd_goal *goal);

/* Begins to connect to the first selected hosts in the background, for the next
 * hd_reach(), which also reports errors. */
void hd_reach_ahead(struct hd_cli *cli);
/* Closes what these functions left open. */
void hd_reach_done(struct hd_cli *cli);

/* HD_EUSAGE if the goal needs pause = ask and there is no terminal. hd_reach()
 * checks it too; call this before a build, so that the build is not wasted. */
int hd_reach_possible(const struct hd_cli *cli, enum hd_goal_kind goal,
    struct hd_err *err) HD_CHECK;

/* hd_reach() for a goal that has only a kind. */
enum hd_status hd_reach_kind(struct hd_cli *cli, enum hd_goal_kind kind);

/* The running versions of the selected hosts, allocated in arena, and their
 * tarballs except that of version, fetched into the folder into (NULL: not
 * fetched). If the status is not HD_STATUS_OK, the error has been emitted and
 * the command must end. */
enum hd_status hd_reach_running(struct hd_running_versions *out,
    struct hd_cli *cli, const char *version, const char *into,
    struct hd_arena *arena);

/* Shows the newest count changes of the selected hosts. */
enum hd_status hd_reach_history(struct hd_cli *cli, unsigned count);

/* Shows the newest lines of their logs, and with follow the lines that are
 * added, until an interruption. */
enum hd_status hd_reach_logs(struct hd_cli *cli, unsigned lines, bool follow);

/* hd_watch() for the selected hosts. */
enum hd_status hd_reach_watch(struct hd_cli *cli, unsigned every_ms);

/* Checks the selected hosts: hd_check(). into: folder for the tarballs of the
 * running versions, if the release needs them; NULL: they are not fetched. */
enum hd_status hd_reach_check(struct hd_cli *cli, const struct hd_goal *goal,
    const char *into, hd_release_fn *release, void *ctx);

/* Revokes the locks of other runs, after confirmation at the terminal. */
enum hd_status hd_reach_unlock(struct hd_cli *cli);

#endif
