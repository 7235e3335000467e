#ifndef HD_TEST_SSHD_H
#define HD_TEST_SSHD_H

#include "core/base/alloc.h"
#include "transport/ssh.h"

#include <stdbool.h>

/*
 * A private SSH server: a small process accepts connections on a free
 * loopback port and runs `sshd -i` for each, with its own keys and
 * configuration under /tmp. So no fixed port, no waiting for it to come up,
 * no MaxStartups or penalties between tests, and the configuration may be
 * replaced at any time. Works as root and as an ordinary user, who log in as
 * themselves.
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
	const char *known_hosts[1];
	const char *identities[1];
};

/* cmocka group fixtures. *state becomes a struct sshd on 127.0.0.1 with host
 * key "host" and user key "id" (both ed25519), which everybody trusts; or
 * NULL if there is no sshd on this machine. */
int sshd_setup(void **state);
int sshd_teardown(void **state);

/* cmocka test fixture: default configuration, keys and known_hosts. */
int sshd_reset(void **state);

/* The same on another address; skips the test if that is not there. */
struct sshd *sshd_start(const char *address);
void sshd_stop(struct sshd *d);

/* A path in its folder. */
const char *sshd_path(struct sshd *d, const char *name);
/* ssh-keygen with these arguments makes the key NAME; the path of it. */
const char *sshd_key(struct sshd *d, const char *name, const char *const *args);
/* The key NAME may log in; nobody else. */
void sshd_authorize(struct sshd *d, const char *name);
/* From the next connection on: these host keys ("host other") and lines. */
void sshd_config(struct sshd *d, const char *host_keys, const char *lines);
/* The text of NAME.pub without comment: "ssh-ed25519 AAAA...". */
const char *sshd_public(struct sshd *d, const char *name);

/* Replaces the known_hosts file; %s in the lines is "[address]:port". */
void sshd_know(struct sshd *d, const char *text);

/* Options that work: valid until the next call. */
struct hd_ssh_opts sshd_opts(struct sshd *d);
/* A working connection; fails the test if there is none. */
struct hd_transport *sshd_open(struct sshd *d);

/* Opens a connection and closes it again. */
int sshd_try(const struct hd_ssh_opts *o, struct hd_err *err);

/* Sends a signal to all processes of the newest session but the commands
 * that it runs. */
void sshd_signal(struct sshd *d, int signal);

#endif
