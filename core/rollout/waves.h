#ifndef HD_WAVES_H
#define HD_WAVES_H

#include "core/rollout/site.h"

/*
 * Applies the plan of every site. Where goal takes waves that is wave by
 * wave as env says (canaries first), and the hosts that were changed are
 * brought back if that is env's way with a failure. The hooks of the run stand
 * around them all. With dry_run it only says which waves there would be. Emits
 * HD_EV_HOST as each host ends, which is not yet where more is to come, and
 * once more for one that goes back afterwards. Blocks until every site has
 * ended.
 */
void hd_waves_run(const struct hd_run *run, enum hd_goal_kind goal,
    struct hd_site *const *sites, size_t n);

#endif
