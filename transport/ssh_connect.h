#ifndef HD_SSH_CONNECT_H
#define HD_SSH_CONNECT_H

#include "transport/ssh_opts.h"
#include "transport/ssh_session.h"
#include "transport/tcp.h"

/*
 * TCP connection and SSH handshake, in at most 1 + o->net.retries attempts.
 * Each attempt waits for its place among the connections to this server
 * (ssh_gate.h), then has o->net.connect_ms for itself and the login. Tries
 * again, after a rest of up to 2 s, if
 *
 *	the name server is busy, or the server refuses or resets the connection,
 *	or closes it before the end of the handshake
 *	nothing answers in time: once, because that takes all of connect_ms;
 *	never with o->net.hurried
 *	the server has too many logins in progress (MaxStartups): if no retry is
 *	left, still for connect_ms in total
 *
 * The place is held until ssh_connect_done() or ssh_session_stop().
 */
int ssh_connect(struct hd_ssh *s, const struct hd_ssh_opts *o,
    const char *host_keys, struct hd_err *err) HD_CHECK;
/* The same, but calls start instead of ssh_session_start(). */
typedef int ssh_start_fn(struct hd_ssh *s, const char *host_keys,
    enum hd_again *again, struct hd_err *err);
int ssh_connect_for(struct hd_ssh *s, const struct hd_ssh_opts *o,
    ssh_start_fn *start, const char *host_keys, struct hd_err *err) HD_CHECK;

/* Lets the next connection to this server begin. */
void ssh_connect_done(struct hd_ssh *s, bool logged_in);

#endif
