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

/* To push it as the options say. */
struct hd_goal hd_push_goal(
    const struct hd_cli *cli, const struct hd_artifact *a);

#endif
