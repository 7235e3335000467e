#ifndef HD_SSH_AUTH_H
#define HD_SSH_AUTH_H

#include "transport/ssh.h"
#include "transport/ssh_key.h"
#include "transport/ssh_session.h"

/* Logs in with keys, which end with NULL, or with keys of the agent.
 * HD_EAUTH if the server accepts none, HD_ELOCAL if a key is damaged or none is
 * there. */
int ssh_auth(struct hd_ssh *s, const struct hd_ssh_opts *o,
    struct ssh_key *const *keys, struct hd_err *err) HD_CHECK;

#endif
