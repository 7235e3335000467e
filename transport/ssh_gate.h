#ifndef HD_SSH_GATE_H
#define HD_SSH_GATE_H

#include "core/base/clock.h"
#include "core/base/err.h"

/* At most 8 connections to one address and port are between TCP connect and
 * the end of authentication: sshd drops more (MaxStartups). NULL with err set
 * if none became free in time. */
struct ssh_gate;
struct ssh_gate *ssh_gate_enter(const char *address, unsigned port,
    const struct hd_until *until, struct hd_err *err);
void ssh_gate_leave(struct ssh_gate *g); /* NULL is fine */

#endif
