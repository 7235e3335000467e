#ifndef HD_SSH_CONNECT_H
#define HD_SSH_CONNECT_H

#include "transport/ssh.h"
#include "transport/ssh_session.h"

/* TCP and handshake, tried again while the server is too busy to greet. */
int ssh_connect(struct hd_ssh *s, const struct hd_ssh_opts *o,
    const char *host_keys, struct hd_err *err) HD_CHECK;

#endif
