#include "transport/ssh_open.h"

#include "core/base/clock.h"
#include "transport/ssh_ahead.h"
#include "transport/ssh_channel.h"
#include "transport/ssh_lanes.h"

#include <string.h>

enum { RETRY_MS = 5000, RETRY_POLL_MS = 50 };

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

void *
ssh_open_channel(
    struct hd_ssh *s, const struct ssh_way *way, void *ctx, struct hd_err *err)
{
	void *got;

	if (ssh_ahead_settle(s, err) < 0 || ssh_lanes_settle(s, err) < 0 ||
	    (ssh_used_up(s) && s->renew(s, err) < 0))
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
ssh_open_session(struct hd_ssh *s, struct hd_err *err)
{
	static const struct ssh_way session = { open_session,
		"Channel open failure", true };
	int64_t began = hd_clock_ms();
	LIBSSH2_CHANNEL *c = ssh_open_channel(s, &session, NULL, err);

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
