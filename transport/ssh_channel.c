#include "transport/ssh_private.h"

#include "core/base/clock.h"

enum { GOODBYE_MS = 10000 };

LIBSSH2_CHANNEL *
ssh_channel_open(struct hd_ssh *s, struct hd_err *err)
{
	LIBSSH2_CHANNEL *c;

	do
		c = libssh2_channel_open_session(s->session);
	while (c == NULL && ssh_again(s, libssh2_session_last_errno(s->session),
				"opening a channel", err));
	if (c == NULL)
		(void)ssh_fail(s, "opening a channel", err);
	return c;
}

void
ssh_channel_done(struct hd_ssh *s, LIBSSH2_CHANNEL *c)
{
	struct hd_err ignored;
	int rc;

	if (c == NULL)
		return;
	ssh_limit(s, GOODBYE_MS);
	s->stage = HD_CANCEL_NOW;
	do
		rc = libssh2_channel_free(c);
	while (ssh_again(s, rc, "closing a channel", &ignored));
	/* ssh_session_stop() frees what is left of a broken connection */
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
