#ifndef HD_WAVE_WORDS_H
#define HD_WAVE_WORDS_H

#include "core/rollout/site.h"

/* The waves of a run, for people. */

/* Appends the names of the hosts of one wave, not all if there are many. */
void hd_wave_describe(
    struct hd_str *out, struct hd_site *const *sites, size_t n);
/* A note with the hosts of each wave, unless there is only one. sites: of all
 * waves, in their order. */
void hd_waves_tell(const struct hd_run *run, struct hd_site *const *sites,
    const size_t *sizes, size_t waves);

#endif
