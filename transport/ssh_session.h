#ifndef HD_SSH_SESSION_H
#define HD_SSH_SESSION_H

#include "core/base/cancel.h"
#include "transport/commands.h"
#include "transport/transport.h"

#include <libssh2.h>
#include <stdbool.h>
#include <stddef.h>

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
_Static_assert(offsetof(struct hd_ssh, base) == 0, "ssh_of() needs base first");

static inline struct hd_ssh *
ssh_of(struct hd_transport *t)
{
	return (struct hd_ssh *)t;
}

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

#endif
