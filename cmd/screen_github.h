#ifndef HD_SCREEN_GITHUB_H
#define HD_SCREEN_GITHUB_H

#include "core/event.h"

#include <stdio.h>

/*
 * Annotates the job that runs hdeploy on GitHub, from clean events: errors and
 * failed steps of this machine, each host that failed, and the hosts that were
 * left out. GitHub keeps 10 errors of a step: if more hosts failed, those with
 * the same reason share one. Borrows out, the log of the job.
 */
struct hd_sink hd_screen_github(FILE *out);

#endif
