#include "transport/ssh_channel.h"

#include "core/base/clock.h"

#include <string.h>

/* ANSWER_MS: to close a channel; beyond that it stays open, unused. */
enum { ANSWER_MS = 3000, CLOSE_MS = 10000 };

bool
ssh_server_is(const struct hd_ssh *s, const char *software)
{
	const char *banner = libssh2_session_banner_get(s->session);

	return banner != NULL && strncmp(banner, "SSH-2.0-", 8) == 0 &&
	       strncmp(banner + 8, software, strlen(software)) == 0;
}

bool
ssh_input_is_endless(const struct hd_ssh *s)
{
	return ssh_server_is(s, "Erlang/");
}

/* tinysshd allows one session, and hangs up after it. */
bool
ssh_used_up(const struct hd_ssh *s)
{
	return s->opened > 0 && (s->one_each || ssh_server_is(s, "tinyssh"));
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

	if (c == NULL || ssh_used_up(s))
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

/* Frees those that the server has closed meanwhile. */
static void
sweep(struct hd_ssh *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nleft && !s->broken; i++)
		if (is_closed(s->left[i]))
			(void)libssh2_channel_free(s->left[i]);
		else
			s->left[n++] = s->left[i];
	s->nleft = n;
}

void
ssh_channel_leave(struct hd_ssh *s, LIBSSH2_CHANNEL *c)
{
	sweep(s);
	if (s->nleft < HD_COUNT(s->left))
		s->left[s->nleft++] = c;
	else
		ssh_channel_done(s, c);
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
