#ifndef HD_SSH_PROXY_H
#define HD_SSH_PROXY_H

#include "transport/ssh_bastion.h"

#include <stdbool.h>

/*
 * The program through which one connection goes: the user's ProxyCommand, or
 * an ssh that uses the shared connection to a bastion. It runs in its own
 * session, so that Ctrl-C does not reach it, and it cannot ask at the terminal.
 */
struct ssh_proxy;

/* What the proxies of a run share. */
struct ssh_proxies {
	struct ssh_bastions bastions;
	pthread_mutex_t lock;
	struct ssh_proxy *closed; /* but still running; guarded by lock */
};

void ssh_proxies_init(
    struct ssh_proxies *all, const struct ssh_secrets *secrets);
/* Ends every program; blocks for at most a few seconds. */
void ssh_proxies_done(struct ssh_proxies *all);

static inline bool
ssh_proxy_wanted(const struct hd_ssh_net *net)
{
	return net->proxy_command != NULL || net->proxy_jump != NULL;
}

/*
 * Starts the program of o->net and sets *fd to a non-blocking stream socket
 * that leads to it. The caller closes both. Connecting to a bastion can take
 * long: see ssh_bastion_reach(). The message of an error names o->address.
 */
int ssh_proxy_open(struct ssh_proxies *all, struct ssh_proxy **out, int *fd,
    const struct hd_ssh_opts *o, enum hd_cancel stage,
    struct hd_err *err) HD_CHECK;
/* "the bastion NAME" or "the ProxyCommand" */
const char *ssh_proxy_name(const struct ssh_proxy *p);
/* Reads the program's stderr: the program would hang once the pipe is full.
 * Never blocks. NULL: does nothing. */
void ssh_proxy_listen(struct ssh_proxy *p);
/* Call it after the connection was lost: waits a moment for the program's last
 * messages. If they give a reason, sets err to it and returns true. NULL:
 * false. */
bool ssh_proxy_explain(struct ssh_proxy *p, struct hd_err *err);
/* Ends the program without waiting. After fd is closed. NULL: does nothing. */
void ssh_proxy_close(struct ssh_proxy *p);

#endif
