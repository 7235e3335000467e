#ifndef HD_FLEET_H
#define HD_FLEET_H

#include <stddef.h>

/* Job i of a fleet; what it writes belongs to i alone. */
typedef void hd_fleet_fn(void *ctx, size_t i);

/* Runs job(ctx, 0) to job(ctx, n - 1), at most parallel at once, each on one
 * thread. Returns when all are done. */
void hd_fleet_run(size_t n, unsigned parallel, hd_fleet_fn *job, void *ctx);

#endif
