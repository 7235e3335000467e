#ifndef HD_LOCAL_H
#define HD_LOCAL_H

#include "transport/transport.h"

/* This machine as a host: the same operations with the same commands. run_as:
 * see struct hd_ssh_opts. Does not block. */
int hd_local_open(
    struct hd_transport **out, const char *run_as, struct hd_err *err) HD_CHECK;

#endif
