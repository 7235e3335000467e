#ifndef HD_SSH_GATE_H
#define HD_SSH_GATE_H

#include "core/base/clock.h"
#include "core/base/err.h"

/* Lets at most 8 connections to one address and port be between TCP connect and
 * the end of authentication, because sshd drops more (MaxStartups). Blocks
 * until one of the 8 leaves; NULL with err set if none does in time. */
struct ssh_gate;
struct ssh_gate *ssh_gate_enter(const char *address, unsigned port,
    const struct hd_until *until, struct hd_err *err);
void ssh_gate_leave(struct ssh_gate *g); /* NULL: does nothing */

#endif
