#ifndef HD_LOCAL_RUN_H
#define HD_LOCAL_RUN_H

#include "transport/flow.h"

/* Runs the command with /bin/sh in a process group of its own, which is killed
 * at the deadline or after an error. HD_ELOCAL if it cannot be started. */
int local_run(struct hd_transport *t, struct hd_flow *f, int *status,
    struct hd_err *err) HD_CHECK;

#endif
