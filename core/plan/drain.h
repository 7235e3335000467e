#ifndef HD_DRAIN_H
#define HD_DRAIN_H

#include "core/base/str.h"
#include "core/inventory/inventory.h"
#include "core/plan/facts.h"

/*
 * Work in flight. A hot change leaves processes that run on in the code it
 * replaced; the next load or purge of that code ends them.
 */

enum hd_drain {
	HD_DRAIN_DONE,   /* there are none */
	HD_DRAIN_WAIT,   /* they may still end by themselves */
	HD_DRAIN_KILL,   /* their time is over, and they may be ended */
	HD_DRAIN_REFUSE, /* and they may not */
	HD_DRAINS,
};

/* What `drain` and `old_processes` of the host say when so many processes are
 * left after waiting so long. */
enum hd_drain hd_drain_judge(
    const struct hd_host *host, int64_t processes, int64_t waited_ms);

/* The longest time that hd_drain_judge() has one wait. */
unsigned hd_drain_longest(const struct hd_host *host);

/* Processes on old code, and those that may be. */
int64_t hd_old_processes(const struct hd_vm *vm);

/* "3 processes still run the code before 0.2.0 (worker: <0.123.0>
 * worker:run/1 and 2 more)" */
void hd_old_code_tell(
    const struct hd_vm *vm, const char *version, struct hd_str *out);

#endif
