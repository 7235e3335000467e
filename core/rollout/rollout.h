#ifndef HD_ROLLOUT_H
#define HD_ROLLOUT_H

#include "core/rollout/run.h"
#include "core/status.h"

/* What commands do with the hosts of a run. All of it blocks, and emits
 * events all along. */

/*
 * Connects to every host, takes their locks if the goal changes hosts (not with
 * dry_run), gathers facts, plans, and, unless a host refuses or dry_run is set,
 * applies the plans, wave by wave where running code is replaced. A host
 * that fails is brought back. Emits events all along; the last is
 * HD_EV_SUMMARY. Blocks until every host is at rest.
 */
enum hd_status hd_rollout(const struct hd_run *run);

/*
 * Only asks every host what it runs, and says so; running, in arena, are these
 * versions, each once and sorted. Where a host cannot be asked this is a run
 * that failed: it ends with HD_EV_SUMMARY, else there is none.
 */
enum hd_status hd_rollout_running(
    const struct hd_run *run, struct hd_arena *arena, struct hd_strs *running);

/* Asks every host for its newest count changes and emits them, oldest first,
 * host by host. The last event is HD_EV_SUMMARY. Blocks. */
enum hd_status hd_history(const struct hd_run *run, unsigned count);

/*
 * The `unlock` command: shows who has the hosts of run, and after a yes from
 * run->ask takes their locks away. HD_STATUS_OK too if nobody has any,
 * HD_STATUS_LOCKED if they are left as they are. Blocks.
 */
enum hd_status hd_unlock(const struct hd_run *run);

#endif
