#ifndef HD_HEALTH_H
#define HD_HEALTH_H

#include "core/rollout/site.h"

/*
 * Runs the checks of this host, one after another, each until it has passed
 * health_successes times in a row (0), or has failed more than health_retries
 * times (-1 with the last reason); once: by one try. hd_health_failed() tells a
 * check that failed from a host that cannot be asked. Blocks for each try up to
 * health_deadline. Addresses are reached through the connection, so that a
 * service on the host's own loopback is checked with nothing installed there.
 */
int hd_health_ask(struct hd_site *s, bool once, struct hd_err *err) HD_CHECK;
bool hd_health_failed(const struct hd_err *err);

/* How each host of the run is before its plan replaces the version that runs:
 * asked, sick and goal.sick. One that cannot be asked has ended. An upgrade is
 * refused for it, so there the tries count as in deploy.ini; else one does. */
void hd_health_before(const struct hd_run *run, struct hd_site *sites);

#endif
