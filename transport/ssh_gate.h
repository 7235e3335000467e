#ifndef HD_SSH_GATE_H
#define HD_SSH_GATE_H

#include "core/base/clock.h"
#include "core/base/err.h"

/* To one address and port, at most 8 connections are set up at a time, from TCP
 * connect to the end of authentication, because sshd drops more (MaxStartups).
 * Blocks until there is room; NULL with err set if there is none in time. */
struct ssh_gate;
struct ssh_gate *ssh_gate_enter(const char *address, unsigned port,
    const struct hd_until *until, struct hd_err *err);
void ssh_gate_leave(struct ssh_gate *g); /* NULL: does nothing */

#endif
