#ifndef HD_SSH_HANDSHAKE_H
#define HD_SSH_HANDSHAKE_H

#include "transport/ssh_session.h"
#include "transport/tcp.h"

/* Starts a session on s->fd with these host key algorithms; does not check the
 * host key. *again: whether another attempt can help. */
int ssh_session_start(struct hd_ssh *s, const char *host_keys,
    enum hd_again *again, struct hd_err *err) HD_CHECK;
/* For another ssh_start_fn: prepares a session without a handshake, so that
 * s->preface and the functions of ssh_session.h work. */
void ssh_handshake_begin(struct hd_ssh *s);
/* Sets err: the connection ended before the server's greeting. */
int ssh_handshake_no_greeting(
    struct hd_ssh *s, enum hd_again *again, struct hd_err *err);
/* Ends the session, closes the connection and leaves the gate. Does not block,
 * because it shuts the socket down first. */
void ssh_session_stop(struct hd_ssh *s);

#endif
