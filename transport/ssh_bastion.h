#ifndef HD_SSH_BASTION_H
#define HD_SSH_BASTION_H

#include "core/base/alloc.h"
#include "core/base/cancel.h"
#include "transport/ssh_opts.h"

#include <pthread.h>

/*
 * Connections to bastions, made by the user's own ssh, which logs in and
 * verifies host keys as usual. All hosts behind one ProxyJump share one
 * connection (ssh_config(5): ControlMaster): many logins at once would trip the
 * bastion's MaxStartups. With several hops, only the last one is shared.
 *
 * The sockets are in a private folder. If hdeploy is killed, each ssh ends
 * after a minute without a client; only the folder with the logs remains.
 */
struct ssh_bastion;
struct ssh_secrets;
struct ssh_bastions {
	const struct ssh_secrets *secrets; /* who answers ssh's questions */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct ssh_bastion *list; /* guarded by lock, as is the rest */
	char folder[96];          /* "": none was needed yet */
	unsigned made;
};

void ssh_bastions_init(
    struct ssh_bastions *b, const struct ssh_secrets *secrets);
/* Ends the connections; at most a second for each. */
void ssh_bastions_done(struct ssh_bastions *b);

/*
 * The connection for net->proxy_jump; connects, or waits for the thread that
 * connects. Blocks for at most connect_ms for each hop, or five minutes if a
 * person can be asked. NULL with err set,
 * which names the bastion and quotes ssh: HD_EAUTH, HD_EHOSTKEY, HD_ECONNECT,
 * HD_ELOCAL without an ssh, HD_ECANCELED. A failure is not retried at once: the
 * hosts that come next get the same error.
 */
struct ssh_bastion *ssh_bastion_reach(struct ssh_bastions *all,
    const struct hd_ssh_net *net, enum hd_cancel stage, struct hd_err *err);
/* The command that connects its stdin and stdout to address and port through
 * the bastion; allocated in a. */
struct hd_strs ssh_bastion_words(struct ssh_bastions *all,
    const struct ssh_bastion *b, const char *address, unsigned port,
    struct hd_arena *a);
/* Why address and port were not reached or were lost: quoted from ssh, with the
 * name of the bastion; "" if ssh gave no reason. */
void ssh_bastion_reason(struct ssh_bastions *all, const struct ssh_bastion *b,
    const char *address, unsigned port, char *out, size_t max);

#endif
