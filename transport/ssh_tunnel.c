#include "transport/ssh_tunnel.h"

#include "transport/ssh_channel.h"
#include "transport/ssh_open.h"
#include "transport/ssh_session.h"

#include <string.h>

static void *
open_once(struct hd_ssh *s, void *ctx, struct hd_err *err)
{
	const struct hd_tunnel *x = ctx;
	LIBSSH2_CHANNEL *c;

	do
		c = libssh2_channel_direct_tcpip_ex(
		    s->session, x->address, (int)x->port, "127.0.0.1", 0);
	while (c == NULL && ssh_again(s, libssh2_session_last_errno(s->session),
				"opening a tunnel", err));
	return c;
}

/* Only libssh2's text contains the reason of the server. */
static const char *
reason(const struct hd_ssh *s, const char *text)
{
	if (strstr(text, "connect failed") != NULL)
		return "nothing accepts the connection";
	if (strstr(text, "prohibited") == NULL)
		return "the SSH server refused";
	return ssh_server_is(s, "OpenSSH")
		   ? "the SSH server forbids forwarding (AllowTcpForwarding or "
		     "PermitOpen in sshd_config, or options in authorized_keys)"
		   : "the SSH server forbids forwarding";
}

static int
refused(struct hd_ssh *s, const struct hd_tunnel *x, struct hd_err *err)
{
	char *text = NULL;

	if (libssh2_session_last_error(s->session, &text, NULL, 0) !=
	    LIBSSH2_ERROR_CHANNEL_FAILURE)
		return ssh_fail(s, "opening a tunnel", err);
	if (x->forbidden != NULL)
		*x->forbidden = strstr(text, "prohibited") != NULL;
	return hd_err_set(err, HD_EREMOTE,
	    "cannot connect to %s port %u from the host: %s", x->address,
	    x->port, reason(s, text));
}

static int
send_request(struct hd_ssh *s, LIBSSH2_CHANNEL *c, const struct hd_tunnel *x,
    struct hd_err *err)
{
	size_t sent = 0;

	while (sent < x->len) {
		ssize_t n;

		do
			n = libssh2_channel_write(
			    c, x->request + sent, x->len - sent);
		while (ssh_again(s, n, "sending the request", err));
		if (n < 0)
			return ssh_fail(s, "sending the request", err);
		sent += (size_t)n;
		if (n == 0 && ssh_wait(s, "sending the request", err) < 0)
			return -1;
	}
	return 0;
}

static int
receive_answer(struct hd_ssh *s, LIBSSH2_CHANNEL *c, const struct hd_tunnel *x,
    struct hd_err *err)
{
	char piece[8192];
	size_t got = 0;

	while (got < x->max && libssh2_channel_eof(c) == 0) {
		size_t left = x->max - got;
		uint64_t before = s->received;
		ssize_t n = ssh_channel_read(s, c, 0, piece,
		    left < sizeof(piece) ? left : sizeof(piece), err);

		if (n < 0)
			return -1;
		got += (size_t)n;
		if (n > 0 && x->out != NULL)
			x->out(x->ctx, HD_STDOUT, piece, (size_t)n);
		if (n > 0 || s->received != before) {
			if (ssh_overdue(s, "waiting for the answer", err) < 0)
				return -1;
		} else if (libssh2_channel_eof(c) == 0 &&
			   ssh_wait(s, "waiting for the answer", err) < 0) {
			return -1;
		}
	}
	return 0;
}

int
ssh_tunnel(
    struct hd_transport *t, const struct hd_tunnel *x, struct hd_err *err)
{
	static const struct ssh_way way = { open_once, "(resource shortage)",
		false };
	struct hd_ssh *s = ssh_of(t);
	LIBSSH2_CHANNEL *c;
	int rc;

	ssh_limit(s, x->deadline_ms);
	s->stage = HD_CANCEL_NOW;
	ssh_watch(s);
	c = ssh_open_channel(s, &way, (void *)(uintptr_t)x, err);
	if (c == NULL)
		return s->broken ? -1 : refused(s, x, err);
	rc = send_request(s, c, x, err);
	if (rc == 0)
		rc = receive_answer(s, c, x, err);
	ssh_channel_done(s, c);
	return rc < 0 ? hd_err_prefix(err, "%s port %u", x->address, x->port)
		      : 0;
}
