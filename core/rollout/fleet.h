#ifndef HD_FLEET_H
#define HD_FLEET_H

#include <stddef.h>

/* Job i of n; it writes only to data of its own index. */
typedef void hd_fleet_fn(void *ctx, size_t i);

/* Runs job(ctx, 0) to job(ctx, n - 1), at most parallel at a time, each on one
 * thread. Blocks until all are done. */
void hd_fleet_run(size_t n, unsigned parallel, hd_fleet_fn *job, void *ctx);

/* Around the part of a job in which it waits for a host that might be dead. If
 * that takes longer than a second, another job begins in its place, so that
 * dead hosts do not hold up the others. In other threads these do nothing. */
void hd_fleet_wait_begin(void);
void hd_fleet_wait_end(void);

#endif
