#ifndef HD_CHECK_H
#define HD_CHECK_H

#include "core/rollout/rollout.h"

/*
 * Gives the release that a push would send, for hosts that lack the version of
 * the goal. running: the versions that run, with their tarballs if run->into is
 * set. Emits its own errors. NULL: there is none.
 */
typedef const struct hd_artifact *hd_release_fn(
    void *ctx, const struct hd_running_versions *running);

/*
 * The `check` command: reports for every host whether it can be reached, its
 * findings, and, if the goal has a version, the verdict of a change to it.
 * Takes no lock and writes nothing. A host that cannot be reached or refuses
 * does not end the run. The last event is HD_EV_SUMMARY. release is called at
 * most once; NULL: there is no release on this machine. Blocks.
 */
enum hd_status hd_check(
    const struct hd_run *run, hd_release_fn *release, void *ctx);

#endif
