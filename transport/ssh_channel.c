#include "transport/ssh_channel.h"

#include "core/base/clock.h"

enum { CLOSE_MS = 10000, RETRY_MS = 5000, RETRY_POLL_MS = 50 };

static LIBSSH2_CHANNEL *
open_once(struct hd_ssh *s, struct hd_err *err)
{
	LIBSSH2_CHANNEL *c;

	do
		c = libssh2_channel_open_session(s->session);
	while (c == NULL && ssh_again(s, libssh2_session_last_errno(s->session),
				"opening a channel", err));
	return c;
}

/* With MaxSessions = 1 a server accepts the next channel only after it has
 * freed the previous one, a moment after we see that one end. So retry. */
LIBSSH2_CHANNEL *
ssh_channel_open(struct hd_ssh *s, struct hd_err *err)
{
	int64_t until = hd_clock_ms() + RETRY_MS;
	LIBSSH2_CHANNEL *c;

	while ((c = open_once(s, err)) == NULL && s->opened && !s->broken &&
	       libssh2_session_last_errno(s->session) ==
		   LIBSSH2_ERROR_CHANNEL_FAILURE &&
	       hd_clock_left(until) > 0 && hd_clock_left(s->end) > 0 &&
	       !hd_cancel_reached(s->stage))
		hd_clock_rest(RETRY_POLL_MS, s->stage);
	if (c == NULL)
		(void)ssh_fail(s, "opening a channel", err);
	else
		s->opened = true;
	return c;
}

void
ssh_channel_done(struct hd_ssh *s, LIBSSH2_CHANNEL *c)
{
	struct hd_err ignored;
	int rc;

	if (c == NULL)
		return;
	ssh_limit(s, CLOSE_MS);
	s->stage = HD_CANCEL_NOW;
	do
		rc = libssh2_channel_free(c);
	while (ssh_again(s, rc, "closing a channel", &ignored));
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
