#ifndef HD_PARK_H
#define HD_PARK_H

#include "core/rollout/site.h"

/*
 * A run with more hosts than run->open closes connections to hosts that it does
 * not work on, and opens them again when it needs them. Meanwhile the lock of
 * such a host is parked: it lasts for 300 s after each keepalive, without a
 * connection (core/remote/lock.sh). So the lock of a killed run frees itself
 * within 300 s on these hosts, and within seconds on the hosts at work.
 */

/* The run does not work on this host for now: if too many connections are open,
 * parks its lock and closes its connection. Blocks for one call at most. */
void hd_site_rest(struct hd_site *s);
/* The run does nothing more on this host: if too many connections are open,
 * gives back its lock and closes its connection. Blocks. */
void hd_site_part(struct hd_site *s);
/* From its next keepalive on, the lock of this host is not parked. Call this
 * before its plan is applied. */
void hd_site_wake(struct hd_site *s);

#endif
