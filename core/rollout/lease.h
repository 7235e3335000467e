#ifndef HD_LEASE_H
#define HD_LEASE_H

#include "core/rollout/site.h"

/* The lock of one host: a lease, as core/remote/lock.sh grants it. */

/* Takes the lock of a connected site, or renews it, and sets s->lease to its
 * number. HD_ELOCKED, with the holder, if another run has the lock. */
int hd_lease_take(struct hd_site *s, struct hd_err *err) HD_CHECK;
/* The same. reply, which the caller ends, describes the newest operation on the
 * host and the holder of the lock. */
int hd_lease_ask(
    struct hd_site *s, struct hd_reply *reply, struct hd_err *err) HD_CHECK;

/* The same in two steps, for a call with other scripts (call.then): the call of
 * lock.sh, and what its answer means. Call both and the call itself between
 * hd_site_use() and hd_site_leave(). */
struct hd_lease_call {
	struct hd_call call;
	char keepalive[16];
};
void hd_lease_begin(
    struct hd_lease_call *c, struct hd_site *s, unsigned deadline_ms);
int hd_lease_granted(struct hd_site *s, const struct hd_reply *reply,
    struct hd_err *err) HD_CHECK;

/* Gives the lock back, if there is one, even when hd_cancel_insisted(). The
 * lock of a host that is not reached by until (hd_clock_ms() terms), usually
 * HD_LEASE_RELEASE_MS later, frees itself. Blocks. */
enum { HD_LEASE_RELEASE_MS = 5 * 1000 };
void hd_lease_release(struct hd_site *s, int64_t until);

/* Whether this run has the lock. A root that does not exist gets lease "0",
 * which is not a lock. */
bool hd_lease_held(const struct hd_site *s);

/*
 * Keepalives. A machine can vanish while its connection stays open, so the host
 * gives a lock to others if no keepalive came for hd_lease_keepalive() seconds:
 * client_alive, or more if a health check through a tunnel can take longer,
 * because no keepalive can be sent meanwhile. A keepalive asks for the same
 * lock once more. Scripts and uploads count as keepalives while they run
 * (core/remote/lease_life.sh).
 */
unsigned hd_lease_keepalive(const struct hd_host *host);
/* Whether the next keepalive is due, or the host must be told that its lock is
 * parked now, or no longer. At least three keepalives fit into
 * hd_lease_keepalive(), or into the time that a parked lock lasts. */
bool hd_lease_due(const struct hd_site *s);
/* Sends a keepalive, over a new connection if there is none, unless
 * hd_cancel_requested(). Uses only members that s->using guards and constant
 * ones; does not change s->lease. */
int hd_lease_sign(struct hd_site *s, struct hd_err *err) HD_CHECK;

/* Sets the arguments of lock.sh or takeover.sh that identify this run. */
void hd_lease_identify(const struct hd_run *run, struct hd_call *call);
/* Describes the holder of the lock, from the reply of lock.sh or holder.sh. */
void hd_lease_holder(const struct hd_reply *r, struct hd_str *out);
/* Whether that run shows no sign of being alive: its connection is gone, or
 * keepalives are missing. */
bool hd_lease_absent(const struct hd_reply *r);

#endif
