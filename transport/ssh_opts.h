#ifndef HD_SSH_OPTS_H
#define HD_SSH_OPTS_H

#include "core/base/alloc.h"
#include "core/base/err.h"
#include "transport/tcp.h"

#include <stdbool.h>
#include <stddef.h>

/* State that all connections of a run share; threads may share it. */
struct hd_ssh_client;

/* The name under which hd_ssh_client_give() takes a passphrase. */
#define HD_SSH_PASSPHRASE "HDEPLOY_KEY_PASSPHRASE"

/*
 * Asks a person for a secret; several threads may call it, and questions come
 * one after another. question: "passphrase for /home/me/.ssh/id_rsa". *out is
 * the answer, "" to give up, in hd_secret_alloc() memory of the caller's.
 * HD_ECANCELED; HD_ELOCAL if nobody can be asked.
 */
typedef int hd_secret_fn(
    void *ctx, const char *question, char **out, struct hd_err *err);

/* How to reach the server. */
struct hd_ssh_net {
	/* for TCP, handshake and authentication together, of one attempt */
	unsigned connect_ms;
	/* further attempts; see ssh_connect.h for when one is made */
	unsigned retries;
	bool hurried; /* no further attempt if nothing answers in time */
	enum hd_family family;
	const char *bind; /* numeric address to connect from; NULL: any */
	/* a server that is silent for this time gets a keepalive, and counts as
	 * lost after three times as long; 0: connect_ms */
	unsigned silence_ms;
	/* instead of by TCP, as ssh_config(5) describes them; at most one is
	 * set. proxy_command: for /bin/sh, without % tokens. proxy_jump: hosts,
	 * separated by commas. */
	const char *proxy_command, *proxy_jump;
	/* the ssh_config for the ssh of proxy_jump; NULL: its usual ones */
	const char *config;
};

struct hd_ssh_files {
	const char *const *v;
	size_t n;
};

enum hd_ssh_policy {
	HD_SSH_STRICT,
	/* Accept the key of a host of which no file has a line, and record it
	 * (StrictHostKeyChecking=accept-new of ssh). Never with pins. */
	HD_SSH_ACCEPT_NEW,
};

/* Which host keys to accept. A key that any of the files revokes is refused,
 * also if it is pinned. */
struct hd_ssh_trust {
	/* known_hosts files; missing ones are skipped. New keys go into the
	 * first of user. */
	struct hd_ssh_files user, global;
	/* known_hosts files of which only the @revoked lines count */
	struct hd_ssh_files revoking;
	/* lists of revoked public keys, RevokedHostKeys in ssh_config(5) */
	struct hd_ssh_files revoked;
	enum hd_ssh_policy policy;
	/* look keys up under this name, without the port, as ssh does for
	 * HostKeyAlias; NULL: address and port */
	const char *name;
	const char *const *pins; /* "SHA256:..."; used instead of known_hosts */
	size_t npins;
	/* for messages: the command that records the host key; NULL:
	 * "hdeploy trust" */
	const char *command;
	bool replace; /* hd_ssh_host_key(): a changed key is not an error */
};

/* How to log in. */
struct hd_ssh_login {
	const char *const *identities; /* private key files, in this order */
	size_t nidentities;
	bool named;  /* in deploy.ini: a key that cannot be used is an error */
	bool chosen; /* in deploy.ini or ssh_config: before other agent keys */
	bool only;   /* IdentitiesOnly: no keys of the agent but these */
	struct hd_ssh_files certificates; /* for any of the keys */
	/* private keys given with hd_ssh_client_give(); they come before the
	 * files, and a key that cannot be used is an error */
	const char *const *variables;
	size_t nvariables;
	const char *passphrase_command; /* for /bin/sh; NULL: none */
	/* for /bin/sh, with HDEPLOY_USER, the user on the host; its first line
	 * is the password. NULL: a person is asked */
	const char *password_command;
	const char *agent; /* the agent's socket, or NULL: no agent */
};

/* Where the password for sudo comes from; command, variable: see struct
 * ssh_password_of. */
struct hd_sudo_source {
	bool wanted; /* false: sudo must not ask for one */
	const char *command, *variable;
};

/*
 * All pointers are borrowed until the transport is closed, because it can
 * connect again: a server such as tinysshd gives one channel per connection.
 */
struct hd_ssh_opts {
	/* may hold the strings and lists of these options: hd_ssh_open() takes
	 * it over, and frees it when it fails or the transport is closed */
	struct hd_arena memory;
	struct hd_ssh_client *client;
	const char *address; /* name, IPv4 or IPv6 (no brackets) */
	unsigned port;
	const char *user;
	const char *run_as; /* NULL: as user */
	struct hd_sudo_source sudo;
	bool finish; /* only hd_cancel_insisted() stops connecting */
	/* called with a line for the user; NULL: nobody reads it */
	void (*note)(void *ctx, const char *text);
	void *note_ctx;
	struct hd_ssh_net net;
	struct hd_ssh_trust trust;
	struct hd_ssh_login login;
};
#define HD_SSH_OPTS_INIT                                                       \
	{                                                                      \
		.port = 22, .net = {.connect_ms = 10000, .retries = 3 }        \
	}

#endif
