#ifndef HD_SSH_CONNECT_H
#define HD_SSH_CONNECT_H

#include "transport/ssh.h"
#include "transport/ssh_session.h"

/* TCP connection and SSH handshake; retries while the server is too busy to
 * send its greeting. */
int ssh_connect(struct hd_ssh *s, const struct hd_ssh_opts *o,
    const char *host_keys, struct hd_err *err) HD_CHECK;

#endif
