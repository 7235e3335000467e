#ifndef HD_LOCK_H
#define HD_LOCK_H

#include "core/rollout/site.h"

/*
 * One run at a time on each release root (core/remote/lease.sh). The lock lasts
 * while the connection is open and keepalives arrive (keepalive.h), and while
 * an operation runs on the host. The lock of a killed run frees itself some
 * seconds later; other runs wait for that.
 */

/* Takes the locks of all connected sites that have none yet. (A root that did
 * not exist earlier could not be locked then.) Locks in the order of the
 * addresses, so that two runs cannot block each other. Waits, and says so, up
 * to run->wait_ms for other runs, and for an operation whose run is gone until
 * that operation ends. Returns false if one lock was not obtained: that site
 * has ended. Blocks. */
bool hd_lock_all(const struct hd_run *run, struct hd_site *sites, size_t n);

/* Gives the lock back, if there is one, even when hd_cancel_insisted(). The
 * lock of a host that is not reached by until (hd_clock_ms() terms) frees
 * itself. */
void hd_lock_release(struct hd_site *s, int64_t until);

#endif
