#ifndef HD_RELEASE_H
#define HD_RELEASE_H

#include "cmd/command.h"
#include "core/artifact/artifact.h"
#include "core/plan/plan.h"

/*
 * Builds (if deploy.ini says how) and opens the release. Before that it asks
 * the hosts of cli->env, unless that is NULL, what they run: the build is
 * told. version, from the command line, may be NULL: then what deploy.ini
 * says, else what the release says. Emits the steps "build" and "pack" and
 * whatever goes wrong; the caller frees *out, which is NULL unless the status
 * is HD_STATUS_OK.
 */
enum hd_status hd_release_make(
    struct hd_artifact **out, struct hd_cli *cli, const char *version);

/* Makes it, of the version that the command line may name, and brings the
 * chosen hosts to a goal with it, PUSH or DEPLOY, as the options say. Blocks
 * until every host is at rest. */
enum hd_status hd_release_ship(struct hd_cli *cli, enum hd_goal_kind kind);

#endif
