#ifndef HD_DEPLOY_H
#define HD_DEPLOY_H

#include "core/rollout/site.h"

/*
 * Applies the plans of a deploy, of those of the nhosts sites that have
 * steps: ships to all of them, and only when each of them has the version,
 * upgrades or starts them wave by wave. If that cannot begin on one of them
 * it does on none. With dry_run it only says which waves there would be.
 * Emits HD_EV_HOST as each host ends. Blocks until every site has ended.
 */
void hd_deploy_run(const struct hd_run *run, struct hd_site *sites);

#endif
