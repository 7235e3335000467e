#ifndef HD_HEALTH_H
#define HD_HEALTH_H

#include "core/rollout/site.h"

/*
 * Runs one check of this host until it has passed health_successes times in
 * a row (0), or has failed more than health_retries times (-1 with the last
 * reason). Blocks for each try up to health_deadline. Addresses are reached
 * through the connection, so that a service on the host's own loopback is
 * checked with nothing installed there.
 */
int hd_health_check(
    struct hd_site *s, const struct hd_health *h, struct hd_err *err) HD_CHECK;

#endif
