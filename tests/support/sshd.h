#ifndef HD_TEST_SSHD_H
#define HD_TEST_SSHD_H

#include "core/base/alloc.h"
#include "transport/ssh.h"

#include <stdbool.h>

/*
 * A private SSH server: a small process accepts connections on a free
 * loopback port and runs `sshd -i` for each, with its own keys and
 * configuration under /tmp. So there is no fixed port, no wait for the start,
 * no MaxStartups or penalty between tests, and the configuration can change at
 * any time. Works as root and as an ordinary user, who log in as themselves.
 */
struct sshd {
	struct hd_arena arena;
	char dir[64];
	char user[64];
	const char *address;
	unsigned port;
	int pid; /* the accepting process */
	struct sshd_sessions *sessions;
	/* for sshd_opts() */
	struct hd_ssh_client *client;
	const char *known_hosts[1];
	const char *identities[1];
};

/* cmocka group fixtures. *state is a struct sshd on 127.0.0.1 with host key
 * "host" and user key "id" (both ed25519), which client and server trust; NULL
 * if this machine has no sshd. */
int sshd_setup(void **state);
int sshd_teardown(void **state);

/* cmocka test fixture: default configuration, keys and known_hosts. */
int sshd_reset(void **state);

/* The same on another address; skips the test if this machine lacks it. */
struct sshd *sshd_start(const char *address);
void sshd_stop(struct sshd *d);

/* A path in the folder of d. */
const char *sshd_path(struct sshd *d, const char *name);
/* Makes the key NAME by ssh-keygen with these arguments; returns its path. */
const char *sshd_key(struct sshd *d, const char *name, const char *const *args);
/* Allows only the key NAME to log in. */
void sshd_authorize(struct sshd *d, const char *name);
/* For later connections: these host keys ("host other") and lines. */
void sshd_config(struct sshd *d, const char *host_keys, const char *lines);
/* The text of NAME.pub without its comment: "ssh-ed25519 AAAA...". */
const char *sshd_public(struct sshd *d, const char *name);

/* Replaces the known_hosts file; %s in the lines is "[address]:port". */
void sshd_know(struct sshd *d, const char *text);

/* Options for a successful login; valid until the next call. */
struct hd_ssh_opts sshd_opts(struct sshd *d);
/* Opens a connection; fails the test if it cannot. */
struct hd_transport *sshd_open(struct sshd *d);

/* A new run, which reads all files again; no connection may be open. */
void sshd_new_run(struct sshd *d);
/* Connections so far. */
int sshd_connections(const struct sshd *d);

/* Opens and closes a connection in a run of its own: with a new client, which
 * reads all files again. */
int sshd_try(const struct hd_ssh_opts *o, struct hd_err *err);
/* The same with the client in o, which other connections share. */
int sshd_try_shared(const struct hd_ssh_opts *o, struct hd_err *err);

/* Later connections get this program, a script that starts with "#!", with the
 * connection as its stdin and stdout; NULL: sshd again. */
void sshd_replace(struct sshd *d, const char *script);

/* How many connections it has accepted so far. */
int sshd_count(const struct sshd *d);
/* Sends a signal to all processes of the newest session except its commands. */
void sshd_signal(struct sshd *d, int signal);

#endif
