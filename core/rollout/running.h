#ifndef HD_RUNNING_H
#define HD_RUNNING_H

#include "core/rollout/rollout.h"
#include "core/rollout/site.h"

/* The versions that run on those hosts of the run that were queried. */

/* Lists them, in arena; emits a note for each host whose version is not
 * known. */
void hd_running_list(const struct hd_run *run, const struct hd_site *sites,
    struct hd_arena *arena, struct hd_running_versions *running);

/* Fetches their tarballs into run->into, except that of run->goal.version:
 * struct hd_running_version. Blocks. */
void hd_running_fetch(const struct hd_run *run, struct hd_site *sites,
    struct hd_arena *arena, struct hd_running_versions *running);

#endif
