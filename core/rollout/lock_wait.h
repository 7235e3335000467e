#ifndef HD_LOCK_WAIT_H
#define HD_LOCK_WAIT_H

#include "core/rollout/site.h"

/*
 * Waits a moment, then tries to lock the host until it succeeds or deadline
 * (hd_clock_ms()) is over, and reports the run that it waits for. If that run
 * has not begun an operation on the host, tries at least until settled. Waits
 * longer for a run that is gone, and for its operation. HD_ELOCKED, with the
 * holder, if that run keeps the lock. Blocks.
 */
int hd_lock_wait(struct hd_site *s, int64_t deadline, int64_t settled,
    struct hd_err *err) HD_CHECK;

#endif
