#ifndef HD_ASIDE_H
#define HD_ASIDE_H

#include "core/rollout/site.h"

/*
 * With `unreachable = skip` a run sets aside the hosts that it cannot reach,
 * log in to, query or lock, and continues without them. Only before the plan: a
 * host that is lost later has failed. A host key that is unknown, changed or
 * revoked is never set aside: the server might be somebody else's.
 */

/* why: in run->aside. Ends the host if an earlier part of the command has set
 * it aside: a host that comes back halfway has missed that part. */
void hd_aside_init(struct hd_site *s, struct hd_err *why);

/* Sets the host aside because of err, closes its connection, and gives up its
 * lock. False if the run does not set such a host aside, or has begun to change
 * it. */
bool hd_aside(struct hd_site *s, const struct hd_err *err);
/* Ends a host that could not be reached or queried, or sets it aside. Reports
 * the error, unless the host is set aside or it was an interruption. */
void hd_site_lost(struct hd_site *s, const struct hd_err *err);

/* The number of hosts of the run that were not set aside. */
size_t hd_aside_left(const struct hd_run *run);

/* Call it once all hosts were asked. False if the run cannot go on without the
 * hosts that were set aside: then they end as if it set none aside, and the
 * errors are reported. */
bool hd_aside_judge(const struct hd_run *run, struct hd_site *sites);

/* Names the hosts that were set aside. */
void hd_aside_tell(const struct hd_run *run);

#endif
