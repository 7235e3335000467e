#ifndef HD_WAVE_H
#define HD_WAVE_H

#include "core/inventory/inventory.h"

/*
 * Which hosts change together, and what a failed host means for the others.
 * Pure functions, so tests can try every policy.
 */

/* The size of wave number `wave` (0 is the first after the canaries) of a run
 * over `all` hosts, with `left` hosts to go: from 1 to left, or 0 if none are
 * left. */
size_t hd_wave_size(
    const struct hd_env *env, size_t wave, size_t all, size_t left);

enum hd_wave_verdict {
	HD_WAVE_ON,   /* more hosts may begin */
	HD_WAVE_STOP, /* no more hosts begin */
	HD_WAVE_BACK, /* no more hosts begin, and changed hosts go back */
};

/* broken: failed hosts that could not be taken back. They stop any run: a
 * person must repair them first. */
enum hd_wave_verdict hd_wave_judge(
    const struct hd_env *env, size_t failed, size_t broken);

#endif
