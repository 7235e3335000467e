#ifndef HD_WAVES_H
#define HD_WAVES_H

#include "core/rollout/site.h"

/*
 * Applies the plan of every site. If goal takes waves, does so wave by wave,
 * canaries first, as env says; if a host fails and on_failure = rollback, takes
 * back the changed hosts. Runs the hooks of the run before and after. With
 * dry_run, only reports the waves. Emits HD_EV_HOST as each host ends (not if
 * another goal follows for it), and once more for a host that goes back later.
 * Blocks until every site has ended.
 */
void hd_waves_run(const struct hd_run *run, enum hd_goal_kind goal,
    struct hd_site *const *sites, size_t n);

#endif
