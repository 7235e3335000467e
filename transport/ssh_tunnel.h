#ifndef HD_SSH_TUNNEL_H
#define HD_SSH_TUNNEL_H

#include "transport/transport.h"

/* hd_tp_tunnel() over SSH. */
int ssh_tunnel(struct hd_transport *t, const struct hd_tunnel *x,
    struct hd_err *err) HD_CHECK;

#endif
