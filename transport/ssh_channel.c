#include "transport/ssh_channel.h"

#include "core/base/clock.h"
#include "transport/ssh_ahead.h"

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

/* Only libssh2's text distinguishes a refused channel from a refused subsystem.
 * For SFTP, a lost connection has the same text. */
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

/* Does not retry the first channel of a connection: no other one can be in its
 * way. */
static void *
try_some_time(
    struct hd_ssh *s, const struct ssh_way *way, void *ctx, struct hd_err *err)
{
	int64_t until = hd_clock_ms() + RETRY_MS;
	void *got;

	do
		got = way->once(s, ctx, err);
	while (got == NULL && refused(s, way->busy) && s->opened > 0 &&
	       (ssh_ahead_stop(s) || rest(s, until)));
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

	if (ssh_ahead_settle(s, err) < 0 ||
	    (used_up(s) && s->renew(s, err) < 0))
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
	int64_t began = hd_clock_ms();
	LIBSSH2_CHANNEL *c = ssh_channel_get(s, &session, NULL, err);

	if (c != NULL) {
		ssh_note_trip(s, hd_clock_ms() - began);
		return c;
	}
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

/* By the server. Does not read the channel's data, which would ask for more. */
static bool
is_closed(LIBSSH2_CHANNEL *c)
{
	return libssh2_channel_wait_eof(c) == 0 &&
	       libssh2_channel_wait_closed(c) == 0;
}

static bool
await_close(struct hd_ssh *s, LIBSSH2_CHANNEL *c, unsigned ms)
{
	int64_t until = hd_clock_ms() + ms;
	struct hd_err ignored;

	while (!s->broken && !s->hung_up && !is_closed(c))
		if (hd_clock_left(until) == 0 ||
		    ssh_wait_until(s, until, "closing a channel", &ignored) < 0)
			return false;
	return true;
}

void
ssh_channel_settle(struct hd_ssh *s, LIBSSH2_CHANNEL *c)
{
	struct hd_err ignored;
	int rc;

	do
		rc = libssh2_channel_send_eof(c);
	while (ssh_again(s, rc, "closing a channel", &ignored));
	(void)await_close(s, c, SETTLE_MS);
}

/*
 * libssh2 would free a channel before the server has closed it, if anything
 * else arrives in between. sshd closes it only after the command's process has
 * ended (channels.c: channel_garbage): without an answer the connection is
 * still sound.
 */
void
ssh_channel_done(struct hd_ssh *s, LIBSSH2_CHANNEL *c)
{
	struct hd_err ignored;
	int rc;

	if (c == NULL || used_up(s))
		return; /* it is freed with its connection */
	/* else libssh2 frees what has arrived in quadratic time */
	if (s->broken)
		(void)libssh2_channel_flush_ex(c, LIBSSH2_CHANNEL_FLUSH_ALL);
	ssh_limit(s, CLOSE_MS);
	s->stage = HD_CANCEL_NOW;
	do
		rc = libssh2_channel_close(c);
	while (ssh_again_if_half(s, rc, "closing a channel", &ignored));
	/* ssh_session_stop() frees a channel that is not closed */
	if (!await_close(s, c, ANSWER_MS))
		s->stuck = true;
	else if (!s->broken)
		(void)libssh2_channel_free(c);
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
