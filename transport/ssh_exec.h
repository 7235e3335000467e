#ifndef HD_SSH_EXEC_H
#define HD_SSH_EXEC_H

#include "transport/flow.h"

/* The hd_run_fn of SSH. */
int ssh_run(struct hd_transport *t, struct hd_flow *f, int *status,
    struct hd_err *err) HD_CHECK;

#endif
