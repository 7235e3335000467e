#ifndef HD_WAVE_H
#define HD_WAVE_H

#include "core/inventory/inventory.h"

/*
 * Which hosts change together, and what a host that failed means for the
 * others: pure, so that every policy is tried without a host.
 */

/* How many of the hosts that are left make up wave number `wave` (0 is the
 * first after the canaries) of a run over all hosts. At least 1 and at most
 * left, if any are left. */
size_t hd_wave_size(
    const struct hd_env *env, size_t wave, size_t all, size_t left);

enum hd_wave_verdict {
	HD_WAVE_ON,   /* more hosts may begin */
	HD_WAVE_STOP, /* no host begins any more */
	HD_WAVE_BACK, /* and those that this run changed go back */
};

/* broken: failed hosts that could not be brought back. They stop any run: more
 * of the same is not what a person who has to mend them needs. */
enum hd_wave_verdict hd_wave_judge(
    const struct hd_env *env, size_t failed, size_t broken);

#endif
