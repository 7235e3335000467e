#ifndef HD_DRAIN_H
#define HD_DRAIN_H

#include "core/base/str.h"
#include "core/inventory/inventory.h"
#include "core/plan/facts.h"

/*
 * Processes that run old code. After a hot change some processes still run the
 * code that it replaced; the next load or purge of that code ends them.
 */

enum hd_drain {
	HD_DRAIN_DONE,   /* no process is left */
	HD_DRAIN_WAIT,   /* they can still end by themselves */
	HD_DRAIN_KILL,   /* their time is over; deploy.ini allows ending them */
	HD_DRAIN_REFUSE, /* their time is over; deploy.ini protects them */
	HD_DRAINS,
};

/* The decision by `drain` and `old_processes` of the host, with this number of
 * processes left after this time. */
enum hd_drain hd_drain_judge(
    const struct hd_host *host, int64_t processes, int64_t waited_ms);

/* The longest time, in ms, for which hd_drain_judge() waits. */
unsigned hd_drain_longest(const struct hd_host *host);

/* The number of processes that run old code, or may. */
int64_t hd_old_processes(const struct hd_vm *vm);

/* "3 processes still run code that 0.2.0 replaced (worker: <0.123.0>
 * worker:run/1 and 2 more)" */
void hd_old_code_tell(
    const struct hd_vm *vm, const char *version, struct hd_str *out);

#endif
