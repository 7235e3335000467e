#ifndef HD_LOCK_H
#define HD_LOCK_H

#include "core/rollout/site.h"

/*
 * One run at a time on every release root (core/remote/lease.sh). A lock is
 * kept while the connection stands and the run gives signs of life
 * (keepalive.h), and while an operation runs there; of a run that was killed it
 * is gone some seconds later, and is waited for.
 */

/* Takes the locks of all sites that can be reached and have none yet (a root
 * that was not there when it was asked had nothing to lock), one after another
 * in the order of their addresses, so that of two runs one gets past the first
 * root that they share. Waits for others up to run->wait_ms, and for what a run
 * that is gone has begun to its end, which it tells. On failure the site has
 * ended, and false is returned. Blocks. */
bool hd_lock_all(const struct hd_run *run, struct hd_site *sites, size_t n);

/* Gives the lock back, if there is one, also when hd_cancel_insisted(). What
 * cannot be reached by until (hd_clock_ms() terms) frees itself. */
void hd_lock_release(struct hd_site *s, int64_t until);

#endif
