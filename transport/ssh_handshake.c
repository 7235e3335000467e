#include "transport/ssh_handshake.h"

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "core/base/fs.h"
#include "transport/quote.h"
#include "transport/ssh_ahead.h"
#include "transport/ssh_lanes.h"
#include "transport/ssh_algorithms.h"
#include "transport/ssh_io.h"
#include "transport/ssh_proxy.h"

#include <stdlib.h>
#include <string.h>

enum { NEVER_S = 365 * 24 * 3600 };

static void
drop_preface(struct hd_ssh *s)
{
	if (s->preface == NULL)
		return;
	ssh_preface_done(s->preface);
	free(s->preface);
	s->preface = NULL;
}

/* Above MaxStartups, and to an address that it penalizes, sshd sends one of
 * these lines and disconnects; old versions only disconnect. */
static bool
is_busy(const char *words)
{
	return words[0] == '\0' || strstr(words, "MaxStartups") != NULL ||
	       strstr(words, "Not allowed at this time") != NULL;
}

int
ssh_handshake_no_greeting(
    struct hd_ssh *s, enum hd_again *again, struct hd_err *err)
{
	const char *words = ssh_server_words(s);

	*again = is_busy(words) ? HD_AGAIN_BUSY : HD_AGAIN_NO;
	return hd_err_set(err, HD_ECONNECT,
	    "the server closed the connection before an SSH greeting%s%s",
	    words[0] != '\0' ? "; it said: " : "", words);
}

static int
no_agreement(struct hd_ssh *s, const char *host_keys, struct hd_err *err)
{
	HD_AUTO_STR why = HD_STR_INIT(1024);
	const char *greeting = libssh2_session_banner_get(s->session);
	char quoted[100] = "";

	if (!s->preface->offered || !ssh_algorithms_explain(s->session,
					host_keys, &s->preface->offer, &why))
		return ssh_fail(s, "SSH handshake", err);
	hd_quote(quoted, sizeof(quoted), greeting, strlen(greeting));
	return hd_err_set(err, HD_ECONNECT, "%s (%s)", why.ptr, quoted);
}

static int
too_late(struct hd_ssh *s, enum hd_again *again, struct hd_err *err)
{
	const char *words = ssh_server_words(s);
	char limit[HD_LIMIT_TEXT];

	if (err->code != HD_ETIMEOUT)
		return -1;
	*again = HD_AGAIN_LATE;
	if (ssh_preface_greeted(s->preface))
		return -1;
	hd_clock_limit(limit, s->limit_ms);
	if (s->proxy != NULL) /* perhaps it has not even connected */
		return hd_err_set(err, HD_ETIMEOUT,
		    "no SSH greeting came through %s within %s%s%s",
		    ssh_proxy_name(s->proxy), limit,
		    words[0] != '\0' ? "; it sent: " : "", words);
	return hd_err_set(err, HD_ETIMEOUT,
	    "connected, but the server sent no SSH greeting within %s%s%s",
	    limit, words[0] != '\0' ? "; it said: " : "", words);
}

static int
handshake_failed(struct hd_ssh *s, int rc, const char *host_keys,
    enum hd_again *again, struct hd_err *err)
{
	if (s->broken || ssh_overdue(s, "SSH handshake", err) < 0)
		return too_late(s, again, err);
	if (!ssh_preface_greeted(s->preface))
		return ssh_handshake_no_greeting(s, again, err);
	if (rc == LIBSSH2_ERROR_KEX_FAILURE || rc == LIBSSH2_ERROR_METHOD_NONE)
		return no_agreement(s, host_keys, err);
	*again = HD_AGAIN_YES;
	return ssh_fail(s, "SSH handshake", err);
}

/*
 * libssh2 1.11.1 allocates the length that the server claims for the name of a
 * signal, up to 4 GB, and give() would wipe it (packet.c, "exit-signal"). The
 * largest block that it needs is an SFTP answer of 256 KiB. If memory really
 * runs out, hd_realloc() ends the process, because libssh2 would report that
 * the server failed.
 */
enum { TAKE_MAX = 16 << 20 };

static LIBSSH2_ALLOC_FUNC(take)
{
	(void)abstract;
	return count > TAKE_MAX ? NULL : hd_realloc(NULL, count);
}

static LIBSSH2_REALLOC_FUNC(take_more)
{
	(void)abstract;
	return count > TAKE_MAX ? NULL : hd_realloc(ptr, count);
}

static LIBSSH2_FREE_FUNC(give)
{
	ssh_freed(*abstract, ptr);
	hd_free_wiped(ptr); /* a private key or password, perhaps */
}

/* Also called after the handshake, until the connection is closed. */
static LIBSSH2_DISCONNECT_FUNC(disconnected)
{
	struct hd_ssh *s = *abstract;

	(void)session, (void)reason, (void)language, (void)language_len;
	s->hung_up = true;
	s->words[0] = '\0';
	if (message != NULL && message_len > 0)
		hd_quote(
		    s->words, sizeof(s->words), message, (size_t)message_len);
}

void
ssh_handshake_begin(struct hd_ssh *s)
{
	s->half_sent = s->broken = s->hung_up = s->mute = false;
	s->stuck = false;
	s->opened = 0;
	ssh_ahead_begin(s);
	s->words[0] = '\0';
	s->methods = NULL;
	s->preface = hd_alloc(sizeof(*s->preface));
	ssh_preface_init(s->preface);
	s->session = libssh2_session_init_ex(take, give, take_more, s);
	if (s->session == NULL)
		hd_alloc_failed();
	ssh_io_use(s->session);
	libssh2_session_callback_set2(s->session, LIBSSH2_CALLBACK_DISCONNECT,
	    (libssh2_cb_generic *)disconnected);
	libssh2_session_set_blocking(s->session, 0);
	/* hdeploy has its own deadlines */
	libssh2_session_set_read_timeout(s->session, NEVER_S);
}

int
ssh_session_start(struct hd_ssh *s, const char *host_keys, enum hd_again *again,
    struct hd_err *err)
{
	int rc;

	*again = HD_AGAIN_NO;
	ssh_handshake_begin(s);
	if (ssh_algorithms_set(s->session, host_keys, err) < 0)
		return -1;
	do
		rc = libssh2_session_handshake(s->session, s->fd);
	while (ssh_again(s, rc, "SSH handshake", err));
	if (rc != 0)
		return handshake_failed(s, rc, host_keys, again, err);
	drop_preface(s);
	return 0;
}

void
ssh_session_stop(struct hd_ssh *s)
{
	ssh_lanes_forget(s);
	s->nleft = 0;
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
	drop_preface(s);
	hd_closep(&s->fd);
	s->fd = -1;
	ssh_proxy_close(s->proxy);
	s->proxy = NULL;
	if (s->gates != NULL)
		ssh_gate_leave(s->gates, &s->place, SSH_FAILED);
}
