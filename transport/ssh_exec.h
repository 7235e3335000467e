#ifndef HD_SSH_EXEC_H
#define HD_SSH_EXEC_H

#include "transport/flow.h"

/* hd_run_fn */
int ssh_run(struct hd_transport *t, struct hd_flow *f, int *status,
    struct hd_err *err) HD_CHECK;

#endif
