#ifndef HD_WAVE_H
#define HD_WAVE_H

#include "core/inventory/inventory.h"

#include <stdint.h>

/*
 * Which hosts change together, and what a failed or missing host means for the
 * others.
 * Pure functions, so tests can try every policy.
 */

/* Sets sizes to the number of hosts of each wave in which n of `all` hosts
 * change, the canaries first; returns the number of waves, at most n. */
size_t hd_waves_cut(size_t *sizes, const struct hd_env *env, size_t all,
    size_t canaries, size_t n);

/* Sets waves to the number of the wave of each host, counted from 1, in a run
 * over these hosts of env. */
void hd_waves_of(size_t *waves, const struct hd_env *env,
    const struct hd_host *const *hosts, size_t n);

/*
 * Estimates how long the waves from done on will take, in ms, with the pause
 * before each: as long, per turn, as the first done waves, which took ms. A
 * turn is the change of up to parallel hosts at once. -1: no wave ended so far,
 * or none is left.
 */
int64_t hd_waves_left(const size_t *sizes, size_t waves, size_t done,
    unsigned parallel, int64_t ms, unsigned pause_ms);

enum hd_wave_verdict {
	HD_WAVE_ON,   /* more hosts may begin */
	HD_WAVE_STOP, /* no more hosts begin */
	HD_WAVE_BACK, /* no more hosts begin, and changed hosts go back */
};

/* What happened to the hosts of a run so far. */
struct hd_wave_count {
	size_t failed;
	/* failed, and could not be taken back: they stop any run, because a
	 * person must repair them first */
	size_t broken;
	size_t aside; /* set aside before the plan */
};

/* Hosts that were set aside count against max_failures, but a run in which no
 * other host fails never stops because of them. */
enum hd_wave_verdict hd_wave_judge(
    const struct hd_env *env, const struct hd_wave_count *count);

/* Whether a run of `all` hosts can do without `aside` of them. */
bool hd_wave_spares(const struct hd_env *env, size_t all, size_t aside);

#endif
