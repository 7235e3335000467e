#ifndef HD_SSH_H
#define HD_SSH_H

#include "transport/transport.h"

#include <stdbool.h>

/* All pointers are borrowed for the call to hd_ssh_open(). */
struct hd_ssh_opts {
	const char *address; /* name, IPv4 or IPv6 (no brackets) */
	unsigned port;
	const char *user;
	const char *run_as;  /* NULL: as user */
	unsigned connect_ms; /* TCP, handshake and authentication together; a
				server that is silent three times as long is
				given up */
	const char *const *known_hosts; /* files; missing ones are skipped */
	size_t nknown_hosts;
	const char *const *pins; /* "SHA256:..."; replace known_hosts */
	size_t npins;
	const char *const *identities; /* private key files, in this order */
	size_t nidentities;
	const char *agent; /* the agent's socket, or NULL: no agent */
	/* the command that records a host's key, for messages; NULL: none */
	const char *trust;
	bool replace; /* hd_ssh_host_key(): a changed key is no error */
	bool finish;  /* connect until hd_cancel_insisted() */
};
#define HD_SSH_OPTS_INIT                                                       \
	{                                                                      \
		.port = 22, .connect_ms = 10000                                \
	}

/* The key that a server shows, before anything is proved. */
struct hd_host_key {
	bool known; /* it is recorded, or pinned, for this host */
	char *was;  /* where another one is recorded, and which; NULL: none */
	char type[64];
	char print[64]; /* "SHA256:..." */
	char *line;     /* for known_hosts: "[address]:port type key" */
};
void hd_host_key_done(struct hd_host_key *k);

/* Once, before any thread is started. */
int hd_ssh_init(struct hd_err *err) HD_CHECK;

/*
 * Connects, verifies the host key, then authenticates. Blocks for at most
 * connect_ms. HD_ECANCELED unless finish is set. HD_ECONNECT if not reached,
 * HD_EAUTH if no key was accepted (at most 5 are offered: servers cut at 6),
 * HD_EHOSTKEY if
 * the host key is unknown, changed or revoked: then nothing was sent but the
 * handshake, and the text says the fingerprint and what to do. HD_ELOCAL if a
 * key file is broken.
 */
int hd_ssh_open(struct hd_transport **out, const struct hd_ssh_opts *o,
    struct hd_err *err) HD_CHECK;

/*
 * Connects, takes the host key and hangs up without logging in; only address,
 * port, connect_ms, known_hosts and pins of o matter. Blocks for at most
 * connect_ms. HD_EHOSTKEY if it is revoked, if another key is pinned, or,
 * unless o->replace is set, recorded: such a key is never to be added beside
 * it. The caller calls hd_host_key_done().
 */
int hd_ssh_host_key(struct hd_host_key *out, const struct hd_ssh_opts *o,
    struct hd_err *err) HD_CHECK;

#endif
