#ifndef HD_SSH_JUMP_H
#define HD_SSH_JUMP_H

#include "core/base/alloc.h"

#include <stdbool.h>

/* The hosts of a ProxyJump, and ssh command lines that connect through them.
 * They override the options of ssh_config that would interfere. */
struct ssh_jump {
	const char *config;             /* -F; NULL: ssh's own files */
	const char *all;                /* as ProxyJump lists them */
	const char *before;             /* all but the last; NULL: none */
	const char *user, *host, *port; /* of the last; user, port: NULL */
	unsigned hops;
};

/* list: as `ssh -G` prints it. Allocates in a. */
void ssh_jump_init(struct ssh_jump *j, const char *config, const char *list,
    struct hd_arena *a);
/* Logs in (batch: without a question), listens on the socket, and goes into the
 * background; logs to log. */
struct hd_strs ssh_jump_start(const struct ssh_jump *j, const char *socket,
    const char *log, bool batch, unsigned connect_ms, struct hd_arena *a);
/* Connects stdin and stdout to address and port through that ssh. */
struct hd_strs ssh_jump_forward(const struct ssh_jump *j, const char *socket,
    const char *address, unsigned port, struct hd_arena *a);
/* The same with a separate login, not through that ssh. */
struct hd_strs ssh_jump_direct(const struct ssh_jump *j, const char *address,
    unsigned port, struct hd_arena *a);
/* The command with which a person logs in to the last host; batch: without a
 * question, as hdeploy does. */
const char *ssh_jump_by_hand(
    const struct ssh_jump *j, bool batch, struct hd_arena *a);

#endif
