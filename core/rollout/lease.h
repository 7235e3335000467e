#ifndef HD_LEASE_H
#define HD_LEASE_H

#include "core/rollout/site.h"

/* The lock of one host as core/remote/lock.sh gives it: a lease. */

/* Takes the lock of a connected site, or holds it on; s->lease is its number.
 * HD_ELOCKED, with who has it, if another run does. */
int hd_lease_take(struct hd_site *s, struct hd_err *err) HD_CHECK;
/* The same; reply, which the caller ends, tells of the operation that was last
 * there, and of who has the lock. */
int hd_lease_ask(
    struct hd_site *s, struct hd_reply *reply, struct hd_err *err) HD_CHECK;

/* Whether there is one: "0" is what a root that is not there has. */
bool hd_lease_held(const struct hd_site *s);

/*
 * Signs of life. A machine may vanish without a word, and its connection live
 * on: a lock of which no sign came for hd_lease_keepalive() seconds is given to
 * others. A sign is the same question once more.
 */
unsigned hd_lease_keepalive(const struct hd_host *host);
/* Whether it is time for one. */
bool hd_lease_due(const struct hd_site *s);
/* Gives one, over a new connection if there is none, unless
 * hd_cancel_requested(). It reads what s->using guards and what never changes,
 * and s->lease stays as it is. */
int hd_lease_sign(struct hd_site *s, struct hd_err *err) HD_CHECK;

/* Tells lock.sh or takeover.sh which run calls. */
void hd_lease_identify(const struct hd_run *run, struct hd_call *call);
/* Who has it, in words, from what lock.sh or holder.sh said. */
void hd_lease_holder(const struct hd_reply *r, struct hd_str *out);

#endif
