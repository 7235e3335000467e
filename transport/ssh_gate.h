#ifndef HD_SSH_GATE_H
#define HD_SSH_GATE_H

#include "core/base/cancel.h"
#include "core/base/err.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * To one address and port, at most 8 connections are set up at a time, from TCP
 * connect to the end of authentication, because sshd drops more (MaxStartups,
 * PerSourceMaxStartups). If the server drops some, the limit is halved; after
 * every few logins it rises by one. Each server has its own limit, so that a
 * silent one does not delay the others.
 *
 * Several addresses may be one server, behind NAT for example. So connections
 * that were dropped, to any server, pass one more gate, the lane.
 */
struct ssh_gate;
struct ssh_gates {
	pthread_mutex_t lock;
	pthread_cond_t left;
	struct ssh_gate *first; /* guarded by lock */
};
void ssh_gates_init(struct ssh_gates *g);
void ssh_gates_done(struct ssh_gates *g);

/* A place inside; one thread uses it. */
struct ssh_place {
	struct ssh_gate *gate, *lane; /* NULL: not inside */
	int64_t since;                /* hd_clock_ms() */
};

/* Blocks until there is room; the connections inside have deadlines. dropped:
 * the server dropped this connection before. HD_ECANCELED at stage. */
int ssh_gate_enter(struct ssh_gates *gates, struct ssh_place *p,
    const char *address, unsigned port, bool dropped, enum hd_cancel stage,
    struct hd_err *err) HD_CHECK;

/* DROPPED: the server was too busy. */
enum ssh_outcome { SSH_FAILED, SSH_LOGGED_IN, SSH_DROPPED };
/* Does nothing if p is not inside. */
void ssh_gate_leave(
    struct ssh_gates *gates, struct ssh_place *p, enum ssh_outcome how);

#endif
