#ifndef HD_SSH_H
#define HD_SSH_H

#include "transport/ssh_opts.h"
#include "transport/transport.h"

#include <stdbool.h>

/* Call once, before any thread is started. */
int hd_ssh_client_new(struct hd_ssh_client **out, struct hd_err *err) HD_CHECK;
/* The version of libssh2 that this process uses: "1.11.1". */
const char *hd_ssh_library(void);
/* After the last connection is closed. NULL: does nothing. */
void hd_ssh_client_free(struct hd_ssh_client *c);

/* Gives the client a secret from the environment: the text of a private key,
 * which hd_ssh_login names in variables, or HD_SSH_PASSPHRASE. Copies both.
 * Call this and hd_ssh_client_ask() before any thread is started. */
void hd_ssh_client_give(
    struct hd_ssh_client *c, const char *name, const char *text);

void hd_ssh_client_ask(struct hd_ssh_client *c, hd_secret_fn *ask, void *ctx);

/* The key that a server shows; not verified. */
struct hd_host_key {
	bool known; /* recorded or pinned for this host */
	char *was;  /* another key that is recorded, and where; NULL: none */
	char type[64];
	char print[64]; /* "SHA256:..." */
	char *line;     /* for known_hosts: "[address]:port type key" */
};
void hd_host_key_done(struct hd_host_key *k);

/*
 * Connects, verifies the host key, then authenticates. Blocks while 8 others
 * connect to the same server, then for at most connect_ms in each attempt, plus
 * the time in which a person types a secret or confirms the use of a key.
 *
 *	HD_ECONNECT   the host is unreachable
 *	HD_EHOSTKEY   its key is unknown, changed or revoked; only the handshake
 *	              was sent; the message has the fingerprint and the remedy
 *	HD_EAUTH      the server did not let the user in; the message says what
 *	              was offered, what is missing, and what the server said
 *	HD_ELOCAL     a key file is damaged, no key can be offered, or nobody
 *	              signed with a key that the server takes
 *	HD_ECANCELED  hd_cancel_requested(); with finish: hd_cancel_insisted()
 */
int hd_ssh_open(struct hd_transport **out, const struct hd_ssh_opts *o,
    struct hd_err *err) HD_CHECK;

/*
 * Connects, reads the host key and disconnects without logging in; ignores the
 * users, identities and agent in o. Blocks like hd_ssh_open(). HD_EHOSTKEY if
 * the key is revoked, if another one is pinned, or if another one is recorded
 * and o->trust.replace is not set: a second key must never be added to the
 * first. The caller calls hd_host_key_done().
 */
int hd_ssh_host_key(struct hd_host_key *out, const struct hd_ssh_opts *o,
    struct hd_err *err) HD_CHECK;

#endif
