#include "transport/ssh_session.h"

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "core/base/fs.h"
#include "transport/flow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { SLICE_MS = 100, NEVER_S = 365 * 24 * 3600, SILENCES = 3 };

/*
 * Modern algorithms only: by default libssh2 also offers SHA-1, CBC and RC4.
 * Both directions have the same list, because libssh2 1.11.1 confuses different
 * ones. AES-CTR with an encrypt-then-MAC digest comes first: with AES-GCM
 * libssh2 is slower and leaks two keys per connection, and servers rekey
 * ChaCha20 after each GiB. A libssh2 without ML-KEM ignores it.
 */
static const struct {
	int what;
	const char *list;
} methods[] = {
	{ LIBSSH2_METHOD_KEX, "mlkem768x25519-sha256,curve25519-sha256,"
			      "curve25519-sha256@libssh.org,ecdh-sha2-nistp256,"
			      "ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
			      "diffie-hellman-group16-sha512,"
			      "diffie-hellman-group-exchange-sha256" },
#define CIPHERS                                                                \
	"aes256-ctr,aes128-ctr,aes256-gcm@openssh.com,"                        \
	"aes128-gcm@openssh.com,chacha20-poly1305@openssh.com"
	{ LIBSSH2_METHOD_CRYPT_CS, CIPHERS },
	{ LIBSSH2_METHOD_CRYPT_SC, CIPHERS },
#define MACS                                                                   \
	"hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"         \
	"hmac-sha2-256,hmac-sha2-512"
	{ LIBSSH2_METHOD_MAC_CS, MACS },
	{ LIBSSH2_METHOD_MAC_SC, MACS },
};

static short
wanted(const struct hd_ssh *s)
{
	return s->half_sent ? POLLOUT : POLLIN;
}

void
ssh_limit(struct hd_ssh *s, unsigned ms)
{
	s->limit_ms = ms;
	s->end = hd_clock_ms() + ms;
}

int
ssh_overdue(struct hd_ssh *s, const char *what, struct hd_err *err)
{
	char limit[HD_LIMIT_TEXT];

	if (hd_cancel_reached(s->stage)) {
		ssh_break(s);
		return hd_err_set(err, HD_ECANCELED, "%s: interrupted", what);
	}
	if (hd_clock_left(s->end) > 0)
		return 0;
	ssh_break(s);
	hd_clock_limit(limit, s->limit_ms);
	return hd_err_set(
	    err, HD_ETIMEOUT, "%s: not done within %s", what, limit);
}

void
ssh_watch(struct hd_ssh *s)
{
	libssh2_keepalive_config(s->session, 1, (s->silence_ms + 999) / 1000);
	s->heard = hd_clock_ms();
}

/* A half-sent keepalive that nobody finishes would be worse than none. */
static bool
can_ask(const struct hd_ssh *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLOUT };

	return !s->half_sent && poll(&p, 1, 0) > 0;
}

static int
check_alive(struct hd_ssh *s, const char *what, struct hd_err *err)
{
	int64_t quiet = s->heard != 0 ? hd_clock_ms() - s->heard : 0;

	if (s->silence_ms == 0 || quiet < s->silence_ms)
		return 0;
	if (quiet < (int64_t)s->silence_ms * SILENCES) {
		if (can_ask(s)) /* libssh2 keeps the interval */
			(void)libssh2_keepalive_send(s->session, NULL);
		return 0;
	}
	ssh_break(s);
	return hd_err_set(err, HD_ECONNECT,
	    "%s: connection lost (no answer for %lld s)", what,
	    (long long)quiet / 1000);
}

int
ssh_wait_until(
    struct hd_ssh *s, int64_t limit, const char *what, struct hd_err *err)
{
	struct pollfd p = { .fd = s->fd, .events = wanted(s) };
	int left, slice;

	do {
		if (ssh_overdue(s, what, err) < 0 ||
		    check_alive(s, what, err) < 0)
			return -1;
		left = hd_clock_left(limit < s->end ? limit : s->end);
		slice = left < SLICE_MS ? left : SLICE_MS;
	} while (poll(&p, 1, slice) <= 0 && left > 0);
	return 0;
}

int
ssh_wait(struct hd_ssh *s, const char *what, struct hd_err *err)
{
	return ssh_wait_until(s, s->end, what, err);
}

bool
ssh_again(struct hd_ssh *s, ssize_t rc, const char *what, struct hd_err *err)
{
	return rc == LIBSSH2_ERROR_EAGAIN && !s->broken &&
	       ssh_wait(s, what, err) == 0;
}

bool
ssh_again_if_half(
    struct hd_ssh *s, ssize_t rc, const char *what, struct hd_err *err)
{
	return s->half_sent && ssh_again(s, rc, what, err);
}

void
ssh_break(struct hd_ssh *s)
{
	s->broken = true;
	(void)shutdown(s->fd, SHUT_RDWR);
}

/* The server refused one request. Other errors make the session unusable. */
static bool
is_refusal(int code)
{
	return code == LIBSSH2_ERROR_CHANNEL_FAILURE ||
	       code == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED;
}

int
ssh_fail(struct hd_ssh *s, const char *what, struct hd_err *err)
{
	char *text = NULL;
	int code;

	if (s->broken || ssh_overdue(s, what, err) < 0)
		return -1;
	code = libssh2_session_last_error(s->session, &text, NULL, 0);
	if (is_refusal(code))
		return hd_err_set(err, HD_EREMOTE,
		    "%s: the SSH server refused (%s)", what, text);
	ssh_break(s);
	return hd_err_set(err, HD_ECONNECT, "%s: connection lost (%s)", what,
	    text != NULL && *text != '\0' ? text : "no reason given");
}

/*
 * libssh2 uses our send and receive functions for the agent too, on a blocking
 * socket that it opens without close-on-exec.
 */
static int
await_agent(struct hd_ssh *s, int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	while (hd_clock_left(s->end) > 0 && !hd_cancel_reached(s->stage))
		if (poll(&p, 1, SLICE_MS) > 0)
			return 0;
	return -ETIMEDOUT;
}

static ssize_t
send_some(libssh2_socket_t fd, const void *p, size_t n, int flags, void **ctx)
{
	struct hd_ssh *s = *ctx;
	ssize_t done;

	if (fd != s->fd && await_agent(s, fd, POLLOUT) < 0)
		return -ETIMEDOUT;
	done = send(fd, p, n, flags | MSG_NOSIGNAL);
	if (done < 0)
		done =
		    errno == EINTR || errno == EWOULDBLOCK ? -EAGAIN : -errno;
	if (fd == s->fd)
		s->half_sent =
		    done == -EAGAIN || (done >= 0 && (size_t)done < n);
	if (fd == s->fd && done < 0 && done != -EAGAIN)
		s->hung_up = true;
	return done;
}

/* Checks the deadline too: with a misbehaving SFTP server libssh2 can call this
 * forever without returning to us. */
static ssize_t
receive_some(libssh2_socket_t fd, void *p, size_t n, int flags, void **ctx)
{
	struct hd_ssh *s = *ctx;
	ssize_t done;

	if (fd != s->fd && await_agent(s, fd, POLLIN) < 0)
		return -ETIMEDOUT;
	if (fd == s->fd && hd_clock_left(s->end) == 0)
		return -ETIMEDOUT;
	done = recv(fd, p, n, flags);
	if (fd == s->fd &&
	    (done == 0 || (done < 0 && errno != EINTR && errno != EWOULDBLOCK)))
		s->hung_up = true;
	if (done < 0)
		return errno == EINTR || errno == EWOULDBLOCK ? -EAGAIN
							      : -errno;
	if (fd == s->fd)
		s->received += (uint64_t)done;
	if (fd == s->fd && s->heard != 0)
		s->heard = hd_clock_ms();
	return done;
}

static int
set_methods(struct hd_ssh *s, const char *host_keys, struct hd_err *err)
{
	int rc = libssh2_session_method_pref(
	    s->session, LIBSSH2_METHOD_HOSTKEY, host_keys);

	for (size_t i = 0; rc == 0 && i < HD_COUNT(methods); i++)
		rc = libssh2_session_method_pref(
		    s->session, methods[i].what, methods[i].list);
	if (rc == 0)
		return 0;
	return hd_err_set(err, HD_ELOCAL,
	    "this build of libssh2 lacks the algorithms that hdeploy needs");
}

static void
use_own_io(LIBSSH2_SESSION *session)
{
	libssh2_session_callback_set2(
	    session, LIBSSH2_CALLBACK_SEND, (libssh2_cb_generic *)send_some);
	libssh2_session_callback_set2(
	    session, LIBSSH2_CALLBACK_RECV, (libssh2_cb_generic *)receive_some);
}

/* libssh2 keeps the lines that came before the greeting, or instead of it. */
static int
no_greeting(struct hd_ssh *s, bool *early, struct hd_err *err)
{
	const char *said = libssh2_session_banner_get(s->session);
	char quoted[200] = "";

	if (said != NULL)
		hd_flow_quote(quoted, sizeof(quoted), said, strlen(said));
	/* above MaxStartups sshd sends one of these, old versions nothing */
	*early = said == NULL || strstr(said, "MaxStartups") != NULL ||
		 strstr(said, "Not allowed at this time") != NULL;
	return hd_err_set(err, HD_ECONNECT,
	    "the server closed the connection before an SSH greeting%s%s",
	    quoted[0] != '\0' ? "; it said: " : "", quoted);
}

static int
handshake_failed(struct hd_ssh *s, int rc, bool *early, struct hd_err *err)
{
	const char *banner = libssh2_session_banner_get(s->session);

	if (s->broken || ssh_overdue(s, "SSH handshake", err) < 0)
		return -1;
	if (banner == NULL || strncmp(banner, "SSH-", 4) != 0)
		return no_greeting(s, early, err);
	if (rc == LIBSSH2_ERROR_KEX_FAILURE ||
	    rc == LIBSSH2_ERROR_METHOD_NONE) {
		char quoted[100] = "";

		hd_flow_quote(quoted, sizeof(quoted), banner, strlen(banner));
		return hd_err_set(err, HD_ECONNECT,
		    "no common algorithms with the server (%s): it must "
		    "offer curve25519 or ECDH, AES-GCM, AES-CTR or ChaCha20, "
		    "and an ed25519, ECDSA or RSA host key",
		    quoted);
	}
	return ssh_fail(s, "SSH handshake", err);
}

/* If memory ran out, libssh2 would report that the server failed. */
static LIBSSH2_ALLOC_FUNC(take)
{
	(void)abstract;
	return hd_realloc(NULL, count);
}

static LIBSSH2_REALLOC_FUNC(take_more)
{
	(void)abstract;
	return hd_realloc(ptr, count);
}

static LIBSSH2_FREE_FUNC(give)
{
	(void)abstract;
	free(ptr);
}

int
ssh_session_start(
    struct hd_ssh *s, const char *host_keys, bool *early, struct hd_err *err)
{
	int rc;

	*early = false;
	s->half_sent = s->broken = s->hung_up = false;
	s->opened = 0;
	s->session = libssh2_session_init_ex(take, give, take_more, s);
	if (s->session == NULL)
		hd_alloc_failed();
	use_own_io(s->session);
	libssh2_session_set_blocking(s->session, 0);
	/* hdeploy has its own deadlines */
	libssh2_session_set_read_timeout(s->session, NEVER_S);
	if (set_methods(s, host_keys, err) < 0)
		return -1;
	do
		rc = libssh2_session_handshake(s->session, s->fd);
	while (ssh_again(s, rc, "SSH handshake", err));
	return rc == 0 ? 0 : handshake_failed(s, rc, early, err);
}

void
ssh_session_stop(struct hd_ssh *s)
{
	if (s->session != NULL) {
		if (!s->broken)
			(void)libssh2_session_disconnect(
			    s->session, "hdeploy is done");
		ssh_break(s);
		/* no call waits any more; the bound guards against bugs */
		for (int i = 0; i < 100; i++)
			if (libssh2_session_free(s->session) !=
			    LIBSSH2_ERROR_EAGAIN)
				break;
		s->session = NULL;
	}
	hd_closep(&s->fd);
	s->fd = -1;
}
