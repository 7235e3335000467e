#ifndef HD_SSH_GATE_H
#define HD_SSH_GATE_H

#include "core/base/clock.h"
#include "core/base/err.h"

#include <pthread.h>

/* To one address and port, at most 8 connections are set up at a time, from TCP
 * connect to the end of authentication, because sshd drops more (MaxStartups).
 * Counted per server, so that a silent one does not delay the others. */
struct ssh_gate;
struct ssh_gates {
	pthread_mutex_t lock;
	pthread_cond_t left;
	struct ssh_gate *first; /* guarded by lock */
};
void ssh_gates_init(struct ssh_gates *g);
void ssh_gates_done(struct ssh_gates *g);

/* Blocks until there is room; NULL with err set if there is none in time. */
struct ssh_gate *ssh_gate_enter(struct ssh_gates *gates, const char *address,
    unsigned port, const struct hd_until *until, struct hd_err *err);
/* NULL: does nothing */
void ssh_gate_leave(struct ssh_gates *gates, struct ssh_gate *g);

#endif
