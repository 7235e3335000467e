#ifndef HD_HEALTH_H
#define HD_HEALTH_H

#include "core/rollout/site.h"

/*
 * Runs the health checks of the host, one after another. A check passes after
 * health_successes tries in a row; it fails after more than health_retries
 * failed tries. once: a single try decides. Returns 0 if all pass, or -1 with
 * the last reason; then hd_health_failed() is true if a check failed, and false
 * if the host could not be queried. Blocks up to health_deadline for each try.
 * HTTP and TCP go through the SSH connection, so a check reaches services on
 * the loopback of the host.
 */
int hd_health_ask(struct hd_site *s, bool once, struct hd_err *err) HD_CHECK;
bool hd_health_failed(const struct hd_err *err);

/* Runs the health checks on each host whose plan replaces the running version,
 * and sets health_known, sick_before and goal.sick. A host that cannot be
 * queried has ended. A sick host refuses an upgrade, so an upgrade uses the
 * retries of deploy.ini; a rollback or --force-unhealthy tries once. */
void hd_health_before(const struct hd_run *run, struct hd_site *sites);

#endif
