#ifndef HD_SSH_SESSION_H
#define HD_SSH_SESSION_H

#include "core/base/cancel.h"
#include "transport/commands.h"
#include "transport/ssh_gate.h"
#include "transport/ssh_preface.h"
#include "transport/ssh_proxy.h"
#include "transport/sudo_call.h"
#include "transport/transport.h"

#include <libssh2.h>
#include <stdbool.h>
#include <stddef.h>

struct hd_ssh_opts;

enum ssh_ahead_stage {
	SSH_AHEAD_NONE,
	SSH_AHEAD_OPENING,
	SSH_AHEAD_STARTING,
	SSH_AHEAD_READY,
	SSH_AHEAD_NEVER, /* the server refused */
};

/* SSH_LANES_MAX: sshd's MaxSessions is 10; one session can run a script, and
 * another can wait for the next (ssh_ahead.h). */
enum { SSH_LANES_MAX = 8, SSH_LANE_BYTES = 2 * 1024 * 1024 };

struct ssh_lane;

/* See ssh_lanes.h. */
struct ssh_lanes {
	struct ssh_lane *v[SSH_LANES_MAX];
	size_t n, want;
	bool opening;  /* libssh2 waits for the answer */
	bool expected; /* by ssh_lanes_expect() */
};

/* See ssh_ahead.h. */
struct ssh_ahead {
	enum ssh_ahead_stage stage;
	LIBSSH2_CHANNEL *c;
	const char *command;
	unsigned pays_ms; /* the least round trip for which it pays */
};

/*
 * One connection. libssh2 runs non-blocking; every function below blocks until
 * s->end at most, or until cancellation reaches s->stage.
 */
struct hd_ssh {
	struct hd_transport base;
	LIBSSH2_SESSION *session;
	int fd;
	struct ssh_proxy *proxy; /* that fd leads to; NULL: TCP */
	struct hd_commands commands;
	struct hd_sudo sudo; /* for commands, if it gets a password */
	bool by_command;     /* upload with the data command, not with SFTP */
	struct hd_ssh_opts *opts;
	/* closes the connection and logs in again, before s->end */
	int (*renew)(struct hd_ssh *s, struct hd_err *err);

	int64_t end;          /* deadline of the current call */
	unsigned limit_ms;    /* its length, for messages */
	enum hd_cancel stage; /* cancellation at this stage stops the call */
	bool half_sent;       /* libssh2 holds the rest of a packet */
	bool broken;          /* only close is possible */
	bool hung_up;         /* the server has closed the connection */
	unsigned opened;      /* channels, on this connection */
	unsigned trip_ms;     /* the shortest round trip so far; 0: none */
	struct ssh_ahead ahead;
	struct ssh_lanes lanes;
	/* closed here, and not yet by the server: see ssh_channel_leave() */
	LIBSSH2_CHANNEL *left[SSH_LANES_MAX];
	size_t nleft;
	bool stuck;    /* one of them cannot be closed */
	bool one_each; /* the server gives one channel per connection */
	uint64_t received;
	unsigned silence_ms; /* before a keepalive: see ssh_watch() */
	int64_t heard;       /* time of the last bytes; 0: not watched */

	struct ssh_preface *preface; /* NULL: the handshake is done */
	char words[256];             /* ssh_server_words() */
	char *methods, *banner;      /* see ssh_methods() */
	bool waited; /* the login waited for a person, or for a password */
	struct ssh_asking *asking; /* see ssh_auth_secret.c */
	bool mute;                 /* nothing is sent any more */
	struct ssh_gates *gates;   /* NULL: never entered */
	struct ssh_place place;
};
_Static_assert(offsetof(struct hd_ssh, base) == 0, "ssh_of() needs base first");

static inline struct hd_ssh *
ssh_of(struct hd_transport *t)
{
	return (struct hd_ssh *)t;
}

/*
 * libssh2 returns EAGAIN in two states that need opposite handling. If a packet
 * is half sent, the same call must be repeated before any other call on the
 * session. Otherwise the answer has not arrived, and other calls may be made.
 * block_directions does not distinguish the two (it forgets the direction after
 * a second short write), so our send function sets s->half_sent.
 *
 *	do
 *		rc = libssh2_...(...);
 *	while (ssh_again(s, rc, "reading", err));
 *
 * If rc is EAGAIN, ssh_again() waits and returns true. At the deadline it sets
 * err and s->broken and returns false.
 */
bool ssh_again(struct hd_ssh *s, ssize_t rc, const char *what,
    struct hd_err *err) HD_CHECK;
/* The same, but returns true only to finish a packet that is half sent. */
bool ssh_again_if_half(struct hd_ssh *s, ssize_t rc, const char *what,
    struct hd_err *err) HD_CHECK;
/* Sets the deadline of the current call: ms from now. */
void ssh_limit(struct hd_ssh *s, unsigned ms);
/* Waits for the server. -1 with err set if time runs out. */
int ssh_wait(struct hd_ssh *s, const char *what, struct hd_err *err) HD_CHECK;
/* The same, but also returns 0 when limit has passed. */
int ssh_wait_until(struct hd_ssh *s, int64_t limit, const char *what,
    struct hd_err *err) HD_CHECK;
/* -1 with err set at the deadline, or if cancellation has reached s->stage. */
int ssh_overdue(
    struct hd_ssh *s, const char *what, struct hd_err *err) HD_CHECK;
/* Sets err from libssh2's last error, unless ssh_again() has set it. Breaks the
 * connection unless the server only refused a request. Returns -1. */
int ssh_fail(struct hd_ssh *s, const char *what, struct hd_err *err);
void ssh_break(struct hd_ssh *s);
/* Updates s->trip_ms by the measured time of a round trip to the server. */
void ssh_note_trip(struct hd_ssh *s, int64_t ms);
/* From now on a server that is silent for silence_ms gets an SSH keepalive; it
 * counts as lost after three times as long. So a frozen server or a dead
 * network is found long before the deadline of a long call. */
void ssh_watch(struct hd_ssh *s);

/*
 * The server's own words: the text of its SSH_MSG_DISCONNECT, the lines in
 * place of its greeting, or its login banner. One line, escaped, bounded,
 * borrowed from s; "" if none. The banner is known after
 * libssh2_userauth_list(), or once the connection is broken. ssh_fail() adds
 * these words by itself.
 */
const char *ssh_server_words(struct hd_ssh *s);

/* libssh2_userauth_list() without its leaks: libssh2 1.11.1 forgets the list of
 * the previous call, and the first of two banners. The list lives until the
 * next call. */
const char *ssh_methods(struct hd_ssh *s, const char *user);
/* Tells ssh_methods() that libssh2 frees p. */
static inline void
ssh_freed(struct hd_ssh *s, const void *p)
{
	if (s->methods == p)
		s->methods = NULL;
	if (s->banner == p)
		s->banner = NULL;
}

#endif
