#ifndef HD_DEPLOY_H
#define HD_DEPLOY_H

#include "core/rollout/site.h"

/*
 * Applies the plans of a deploy for those of the run->nhosts sites that have
 * steps. Ships to all of them first. Only when every host has the version,
 * upgrades or starts them wave by wave. If one host is not ready, none is
 * changed. With dry_run, only reports the waves. Emits HD_EV_HOST as each host
 * ends. Blocks until every site has ended.
 */
void hd_deploy_run(const struct hd_run *run, struct hd_site *sites);

#endif
