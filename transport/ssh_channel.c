#include "transport/ssh_channel.h"

#include "core/base/clock.h"

#include <string.h>

/* ANSWER_MS: to close a channel; beyond that it stays open, unused. */
enum {
	ANSWER_MS = 3000,
	CLOSE_MS = 10000,
	SETTLE_MS = 2000,
	RETRY_MS = 5000,
	RETRY_POLL_MS = 50
};

static const char *
last_text(const struct hd_ssh *s)
{
	char *text = NULL;

	(void)libssh2_session_last_error(s->session, &text, NULL, 0);
	return text != NULL ? text : "";
}

/* Only libssh2's text tells a refused channel from a refused subsystem. For
 * SFTP, a lost connection has the same text. */
static bool
refused(const struct hd_ssh *s, const char *busy)
{
	return !s->broken && !s->hung_up &&
	       libssh2_session_last_errno(s->session) ==
		   LIBSSH2_ERROR_CHANNEL_FAILURE &&
	       strstr(last_text(s), busy) != NULL;
}

/* Waits before the next attempt; false: there is none. */
static bool
rest(struct hd_ssh *s, int64_t until)
{
	if (s->stuck || hd_clock_left(until) == 0 ||
	    hd_clock_left(s->end) == 0 || hd_cancel_reached(s->stage))
		return false;
	hd_clock_rest(RETRY_POLL_MS, s->stage);
	return true;
}

/* The first channel of a connection cannot have come too early. */
static void *
try_some_time(
    struct hd_ssh *s, const struct ssh_way *way, void *ctx, struct hd_err *err)
{
	int64_t until = hd_clock_ms() + RETRY_MS;
	void *got;

	do
		got = way->once(s, ctx, err);
	while (got == NULL && refused(s, way->busy) && s->opened > 0 &&
	       rest(s, until));
	if (got != NULL)
		s->opened++;
	return got;
}

bool
ssh_server_is(const struct hd_ssh *s, const char *software)
{
	const char *banner = libssh2_session_banner_get(s->session);

	return banner != NULL && strncmp(banner, "SSH-2.0-", 8) == 0 &&
	       strncmp(banner + 8, software, strlen(software)) == 0;
}

/* tinysshd allows one session, and hangs up after it. */
static bool
used_up(const struct hd_ssh *s)
{
	return s->opened > 0 && (s->one_each || ssh_server_is(s, "tinyssh"));
}

void *
ssh_channel_get(
    struct hd_ssh *s, const struct ssh_way *way, void *ctx, struct hd_err *err)
{
	void *got;

	if (used_up(s) && s->renew(s, err) < 0)
		return NULL;
	got = try_some_time(s, way, ctx, err);
	if (got != NULL || !way->renew || s->opened == 0 ||
	    !refused(s, way->busy) || hd_clock_left(s->end) == 0 ||
	    hd_cancel_reached(s->stage))
		return got;
	s->one_each = !s->stuck;
	if (s->renew(s, err) < 0)
		return NULL;
	return try_some_time(s, way, ctx, err);
}

static void *
open_session(struct hd_ssh *s, void *ctx, struct hd_err *err)
{
	LIBSSH2_CHANNEL *c;

	(void)ctx;
	do
		c = libssh2_channel_open_session(s->session);
	while (c == NULL && ssh_again(s, libssh2_session_last_errno(s->session),
				"opening a channel", err));
	return c;
}

/* OpenSSH refuses the first session of a connection for one reason only
 * (session.c: session_new), and calls it "connect failed". */
static bool
allows_no_session(const struct hd_ssh *s)
{
	return s->opened == 0 && ssh_server_is(s, "OpenSSH") &&
	       refused(s, "(connect failed)");
}

LIBSSH2_CHANNEL *
ssh_channel_open(struct hd_ssh *s, struct hd_err *err)
{
	static const struct ssh_way session = { open_session,
		"Channel open failure", true };
	LIBSSH2_CHANNEL *c = ssh_channel_get(s, &session, NULL, err);

	if (c != NULL)
		return c;
	if (s->broken)
		return NULL;
	if (!refused(s, session.busy))
		(void)ssh_fail(s, "opening a channel for a command", err);
	else
		(void)hd_err_set(err, HD_EREMOTE,
		    "the SSH server refused to run a command%s",
		    allows_no_session(s)
			? ": it allows none (MaxSessions 0 in its sshd_config)"
			: last_text(s) + strlen(session.busy));
	return NULL;
}

/* sshd answers only after the command's process has ended (channels.c:
 * channel_garbage), so without an answer the connection is still sound. */
static bool
is_closed(LIBSSH2_CHANNEL *c)
{
	char room[4096];

	for (int stream = 0; stream <= SSH_EXTENDED_DATA_STDERR; stream++)
		while (
		    libssh2_channel_read_ex(c, stream, room, sizeof(room)) > 0)
			;
	return libssh2_channel_eof(c) == 1 &&
	       libssh2_channel_wait_closed(c) != LIBSSH2_ERROR_EAGAIN;
}

void
ssh_channel_settle(struct hd_ssh *s, LIBSSH2_CHANNEL *c)
{
	int64_t until = hd_clock_ms() + SETTLE_MS;
	struct hd_err ignored;
	int rc;

	do
		rc = libssh2_channel_send_eof(c);
	while (ssh_again(s, rc, "closing a channel", &ignored));
	while (!s->broken && !is_closed(c) && hd_clock_left(until) > 0 &&
	       ssh_wait_until(s, until, "closing a channel", &ignored) == 0)
		;
}

void
ssh_channel_done(struct hd_ssh *s, LIBSSH2_CHANNEL *c)
{
	int64_t limit = hd_clock_ms() + ANSWER_MS;
	struct hd_err ignored;

	if (c == NULL || used_up(s))
		return; /* with its connection */
	ssh_limit(s, CLOSE_MS);
	s->stage = HD_CANCEL_NOW;
	while (libssh2_channel_free(c) == LIBSSH2_ERROR_EAGAIN && !s->broken) {
		if (!s->half_sent && hd_clock_left(limit) == 0) {
			s->stuck = true;
			return;
		}
		if (ssh_wait_until(s, s->half_sent ? s->end : limit,
			"closing a channel", &ignored) < 0)
			return;
	}
	/* after a failure, ssh_session_stop() frees the channel */
}

ssize_t
ssh_channel_read(struct hd_ssh *s, LIBSSH2_CHANNEL *c, int stream, char *room,
    size_t size, struct hd_err *err)
{
	ssize_t n;

	do
		n = libssh2_channel_read_ex(c, stream, room, size);
	while (ssh_again_if_half(s, n, "reading", err));
	if (s->broken)
		return -1;
	if (n == LIBSSH2_ERROR_EAGAIN)
		return 0;
	return n < 0 ? ssh_fail(s, "reading", err) : n;
}
