#ifndef HD_LOOK_H
#define HD_LOOK_H

#include "core/rollout/site.h"

/* The facts of one host (core/remote/facts.sh). */

/* Reads the facts of the host into s->now and frees the previous ones. Tries
 * again if the connection is lost. Blocks. */
int hd_site_look(struct hd_site *s, struct hd_err *err) HD_CHECK;

/* hd_site_operate(), then hd_site_look() in the same round trip if the
 * operation succeeds. s->fresh: whether the facts were read. Blocks; errors as
 * hd_site_operate(). */
int hd_site_operate_look(struct hd_site *s, const char *step,
    const struct hd_call *call, struct hd_err *err) HD_CHECK;

/* hd_site_look() for a host that is asked again and again: connects anew only
 * if the connection of an earlier question was lost, and does not wait for a
 * host that cannot be reached. */
int hd_site_look_once(struct hd_site *s, struct hd_err *err) HD_CHECK;

/*
 * Takes the lock and reads the facts under it, in one round trip. s->lease
 * tells whether the host granted the lock, even after an error. HD_ELOCKED,
 * with the holder, if another run has the lock: then the host read no facts.
 * Blocks, and longer than hd_lease_take() if hd_cancel_requested(): a lock that
 * was granted must be known, to be given back.
 */
int hd_site_lock_look(struct hd_site *s, struct hd_err *err) HD_CHECK;

#endif
