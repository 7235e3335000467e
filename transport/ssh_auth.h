#ifndef HD_SSH_AUTH_H
#define HD_SSH_AUTH_H

#include "transport/keys/ssh_key.h"
#include "transport/ssh_opts.h"
#include "transport/ssh_session.h"

/*
 * Logs in as ssh does: with keys (which end with NULL) and those of the agent,
 * at most five, because sshd disconnects at the sixth failure; then with
 * answers to the server's questions and with a password; in several steps if
 * the server wants that (AuthenticationMethods in sshd_config(5)). Never sends
 * a password to a server that refused it. Errors: see hd_ssh_open().
 */
int ssh_auth(struct hd_ssh *s, const struct hd_ssh_opts *o,
    struct ssh_key *const *keys, struct hd_err *err) HD_CHECK;

#endif
