#include "transport/ssh_session.h"

#include "core/base/clock.h"
#include "transport/quote.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { SLICE_MS = 100, SILENCES = 3 };

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
		ssh_proxy_listen(s->proxy);
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
ssh_note_trip(struct hd_ssh *s, int64_t ms)
{
	unsigned trip = ms < 1 ? 1 : (unsigned)ms;

	if (s->trip_ms == 0 || trip < s->trip_ms)
		s->trip_ms = trip;
}

void
ssh_break(struct hd_ssh *s)
{
	s->broken = true;
	(void)shutdown(s->fd, SHUT_RDWR);
}

/* Without a banner this sets libssh2's last error. */
static char *
banner_of(struct hd_ssh *s)
{
	char *text = NULL;

	(void)libssh2_userauth_banner(s->session, &text);
	return text;
}

const char *
ssh_methods(struct hd_ssh *s, const char *user)
{
	char *list;

	s->banner = banner_of(s);
	list = libssh2_userauth_list(s->session, user, (unsigned)strlen(user));
	if (s->banner != NULL && banner_of(s) != s->banner)
		free(s->banner);
	s->banner = NULL;
	free(s->methods);
	s->methods = list;
	return list;
}

/*
 * If the connection ends during a login, libssh2 leaves the server's banner
 * ("Your account has expired") in its queue. Only a request for the methods
 * takes it out: with s->mute, nothing is sent.
 */
static void
find_banner(struct hd_ssh *s)
{
	const char *text;

	if (s->session == NULL || s->preface != NULL)
		return;
	if (s->broken && !libssh2_userauth_authenticated(s->session)) {
		s->mute = true;
		(void)ssh_methods(s, "");
	}
	text = banner_of(s);
	if (text != NULL)
		hd_quote(s->words, sizeof(s->words), text, strlen(text));
}

const char *
ssh_server_words(struct hd_ssh *s)
{
	if (s->words[0] == '\0' && s->preface != NULL)
		ssh_preface_words(s->preface, s->words, sizeof(s->words));
	if (s->words[0] == '\0')
		find_banner(s);
	return s->words;
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
	(void)hd_err_set(err, HD_ECONNECT, "%s: connection lost (%s)", what,
	    text != NULL && *text != '\0' ? text : "no reason given");
	ssh_break(s);
	if (ssh_server_words(s)[0] == '\0') { /* invalidates text */
		if (ssh_proxy_explain(s->proxy, err))
			(void)hd_err_prefix(err, "%s: connection lost", what);
		return -1;
	}
	return hd_err_set(err, HD_ECONNECT,
	    "%s: connection lost; the server said: %s", what, s->words);
}
