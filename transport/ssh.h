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
	unsigned connect_ms; /* TCP, handshake and authentication together */
	const char *const *known_hosts; /* files; missing ones are skipped */
	size_t nknown_hosts;
	const char *const *pins; /* "SHA256:..."; replace known_hosts */
	size_t npins;
	const char *const *identities; /* private key files, in this order */
	size_t nidentities;
	const char *agent; /* the agent's socket, or NULL: no agent */
	bool finish;       /* connect although hd_cancel_requested() */
};
#define HD_SSH_OPTS_INIT                                                       \
	{                                                                      \
		.port = 22, .connect_ms = 10000                                \
	}

/* Once, before any thread is started. */
int hd_ssh_init(struct hd_err *err) HD_CHECK;

/*
 * Connects, verifies the host key, then authenticates. Blocks for at most
 * connect_ms. HD_ECANCELED unless finish is set. HD_ECONNECT if not reached or
 * no key was accepted (at most 5 are offered: servers cut at 6), HD_EHOSTKEY if
 * the host key is unknown, changed or revoked: then nothing was sent but the
 * handshake, and the text says the fingerprint and what to do. HD_ELOCAL if a
 * key file is broken.
 */
int hd_ssh_open(struct hd_transport **out, const struct hd_ssh_opts *o,
    struct hd_err *err) HD_CHECK;

#endif
