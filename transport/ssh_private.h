#ifndef HD_SSH_PRIVATE_H
#define HD_SSH_PRIVATE_H

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "core/base/str.h"
#include "transport/commands.h"
#include "transport/flow.h"
#include "transport/ssh.h"

#include <libssh2.h>
#include <stdbool.h>

/*
 * One connection. All of libssh2 runs non-blocking here: every function below
 * blocks until s->end at most, and less at the stage s->stage.
 */
struct hd_ssh {
	struct hd_transport base;
	LIBSSH2_SESSION *session;
	int fd;
	struct hd_commands commands;
	bool by_command; /* upload by the data command, not by SFTP */

	int64_t end;          /* deadline of the present operation */
	unsigned limit_ms;    /* how long that is after its beginning */
	enum hd_cancel stage; /* at which the present operation stops */
	bool half_sent;       /* libssh2 holds the rest of a packet */
	bool broken;          /* only close is possible */
	bool opened;          /* it has had a channel */
	uint64_t received;
	unsigned sign_ms; /* how soon a living server answers */
	int64_t heard;    /* when it last did; 0: that is not watched */
};

/*
 * libssh2 says EAGAIN for two states that want opposite things. A packet that
 * is half sent must be finished by the very same call, before any other call
 * on the session; without one, the answer has not come yet and other calls
 * may be made in between. Its block_directions cannot tell them apart (it
 * forgets the direction after a second short write), so our own send function
 * keeps book.
 *
 *	do
 *		rc = libssh2_...(...);
 *	while (ssh_again(s, rc, "reading", err));
 *
 * ssh_again() waits and returns true if rc is EAGAIN and time is left. If it
 * is EAGAIN and none is left, it has set err and s->broken.
 */
bool ssh_again(struct hd_ssh *s, ssize_t rc, const char *what,
    struct hd_err *err) HD_CHECK;
/* The same, but returns true only to have a half sent packet finished. */
bool ssh_again_if_half(struct hd_ssh *s, ssize_t rc, const char *what,
    struct hd_err *err) HD_CHECK;
/* The present operation may take so long from now. */
void ssh_limit(struct hd_ssh *s, unsigned ms);
/* Waits for the peer. -1 with err set if time is up. */
int ssh_wait(struct hd_ssh *s, const char *what, struct hd_err *err) HD_CHECK;
/* The same, but also returns 0 when limit has passed. */
int ssh_wait_until(struct hd_ssh *s, int64_t limit, const char *what,
    struct hd_err *err) HD_CHECK;
/* -1 with err set if time is up or the user wants to stop. */
int ssh_overdue(
    struct hd_ssh *s, const char *what, struct hd_err *err) HD_CHECK;
/* Sets err from libssh2's last error, unless ssh_again() did already; decides
 * whether the connection is still good. Returns -1. */
int ssh_fail(struct hd_ssh *s, const char *what, struct hd_err *err);
void ssh_break(struct hd_ssh *s);
/* From now on a server that is silent for long is asked for a sign of life,
 * and given up if there is none: its process may be frozen, or its network
 * gone, while what was asked of it may rightly take much longer. */
void ssh_watch(struct hd_ssh *s);

/* Starts a session on s->fd with these host key algorithms; does not look at
 * the key. *early: closed before the server's greeting. */
int ssh_session_start(struct hd_ssh *s, const char *host_keys, bool *early,
    struct hd_err *err) HD_CHECK;
/* Immediate: shuts the socket down first, so that nothing is waited for. */
void ssh_session_stop(struct hd_ssh *s);

/* TCP and handshake, tried again while the server is too busy to greet. */
int ssh_connect(struct hd_ssh *s, const struct hd_ssh_opts *o,
    const char *host_keys, struct hd_err *err) HD_CHECK;

/* At most 8 connections to one address and port are between TCP connect and
 * the end of authentication: sshd drops more (MaxStartups). NULL with err set
 * if none became free in time. */
struct ssh_gate;
struct ssh_gate *ssh_gate_enter(const char *address, unsigned port,
    const struct hd_until *until, struct hd_err *err);
void ssh_gate_leave(struct ssh_gate *g); /* NULL is fine */

/* What is accepted as the host's key. */
struct ssh_hostkey;
int ssh_hostkey_new(struct ssh_hostkey **out, const struct hd_ssh_opts *o,
    struct hd_err *err) HD_CHECK;
void ssh_hostkey_free(struct ssh_hostkey *h);
const char *ssh_hostkey_algorithms(const struct ssh_hostkey *h);
int ssh_hostkey_check(
    struct ssh_hostkey *h, struct hd_ssh *s, struct hd_err *err) HD_CHECK;
/* The same, but a key that is only not known yet is no error. */
int ssh_hostkey_show(struct ssh_hostkey *h, struct hd_ssh *s,
    struct hd_host_key *out, struct hd_err *err) HD_CHECK;

/* A server shows one of its keys, and a pin may be that of another one: after
 * a failed check, whether it is worth asking again for a key of a type that
 * was not shown yet. ssh_hostkey_algorithms() is then the shorter list. */
bool ssh_hostkey_other_type(struct ssh_hostkey *h, struct hd_ssh *s);

/* A private key file. */
enum ssh_key_state { SSH_KEY_PLAIN, SSH_KEY_ENCRYPTED };
enum { SSH_KEY_PUBLIC_MAX = 4096 };
struct ssh_key {
	const char *path; /* borrowed */
	char *text;
	size_t len;
	enum ssh_key_state state;
	/* if encrypted: its public half, where the file shows it */
	unsigned char public[SSH_KEY_PUBLIC_MAX];
	size_t npublic; /* 0: unknown */
};
int ssh_key_read(
    struct ssh_key *k, const char *path, struct hd_err *err) HD_CHECK;
void ssh_key_done(struct ssh_key *k);

int ssh_auth(struct hd_ssh *s, const struct hd_ssh_opts *o,
    const struct ssh_key *keys, struct hd_err *err) HD_CHECK;

LIBSSH2_CHANNEL *ssh_channel_open(struct hd_ssh *s, struct hd_err *err);
/* Closes and frees; never fails, but may break the connection. */
void ssh_channel_done(struct hd_ssh *s, LIBSSH2_CHANNEL *c);
/* Reads what is there, from one stream, without waiting. Returns the number
 * of bytes, 0 if none, -1 with err set. */
ssize_t ssh_channel_read(struct hd_ssh *s, LIBSSH2_CHANNEL *c, int stream,
    char *room, size_t size, struct hd_err *err) HD_CHECK;

/* hd_run_fn */
int ssh_run(struct hd_transport *t, struct hd_flow *f, int *status,
    struct hd_err *err) HD_CHECK;
/* 1: sent; 0: the server has no SFTP, nothing was done; -1: err is set. */
int ssh_sftp_upload(
    struct hd_ssh *s, const struct hd_upload *u, struct hd_err *err) HD_CHECK;
int ssh_tunnel(struct hd_transport *t, const struct hd_tunnel *x,
    struct hd_err *err) HD_CHECK;

static inline struct hd_ssh *
ssh_of(struct hd_transport *t)
{
	return (struct hd_ssh *)t;
}

#endif
