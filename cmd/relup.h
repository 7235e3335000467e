#ifndef HD_RELUP_H
#define HD_RELUP_H

#include "cmd/command.h"
#include "core/artifact/artifact.h"
#include "core/rollout/rollout.h"

/* relup = auto: hdeploy makes the relup of a release, from and to the versions
 * that run on the hosts of the command. */

/* Whether to make one: with relup = auto, for an OTP release, unless every host
 * will be upgraded cold. */
bool hd_relup_wanted(const struct hd_cli *cli);

/*
 * Replaces the relup of *a by one that leads from and to the versions of
 * running, whose tarballs are on this machine. *a was packed from path. Makes
 * no entry for the version of *a, nor for a version whose own relup leads down
 * to it. Emits the step "relup". If a hot upgrade needs an entry that cannot be
 * made, emits the reasons and returns HD_STATUS_REFUSED. Blocks.
 */
enum hd_status hd_relup_add(struct hd_artifact **a, struct hd_cli *cli,
    const char *path, const struct hd_running_versions *running);

#endif
