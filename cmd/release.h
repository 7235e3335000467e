#ifndef HD_RELEASE_H
#define HD_RELEASE_H

#include "cmd/command.h"
#include "core/artifact/artifact.h"
#include "core/plan/plan.h"
#include "core/rollout/rollout.h"

/*
 * Builds the release, if deploy.ini has a "build" command, and opens it. If
 * cli->env is not NULL, first reads the running versions of its hosts for the
 * build, and with relup = auto makes a relup from and to them. version is the
 * one of the command line; NULL: that of deploy.ini, else that of the release.
 * Emits the steps "build" and "pack" and all errors. The caller frees *out,
 * which is NULL unless the status is HD_STATUS_OK.
 */
enum hd_status hd_release_make(
    struct hd_artifact **out, struct hd_cli *cli, const char *version);

/*
 * Opens the release that a push of version would send, and with relup = auto
 * makes its relup from and to running. Runs the build only with --build. Emits
 * steps and errors; if no relup can be made, the release comes without one.
 * The caller frees *out, which is NULL unless the status is HD_STATUS_OK.
 */
enum hd_status hd_release_open(struct hd_artifact **out, struct hd_cli *cli,
    const char *version, const struct hd_running_versions *running);

/* Builds and opens the release as hd_release_make() does, with the version of
 * the command line if there is one, and brings the selected hosts to the goal
 * PUSH or DEPLOY. Blocks until no host is being worked on. */
enum hd_status hd_release_ship(struct hd_cli *cli, enum hd_goal_kind kind);

#endif
