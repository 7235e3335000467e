#ifndef HD_FLEET_H
#define HD_FLEET_H

#include <stddef.h>

/* Job i of n; it writes only to data of its own index. */
typedef void hd_fleet_fn(void *ctx, size_t i);

/* Runs job(ctx, 0) to job(ctx, n - 1), at most parallel at a time, each on one
 * thread. Blocks until all are done. */
void hd_fleet_run(size_t n, unsigned parallel, hd_fleet_fn *job, void *ctx);

#endif
