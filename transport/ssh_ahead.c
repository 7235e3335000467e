#include "transport/ssh_ahead.h"

#include "transport/ssh_channel.h"

/* Below this round trip, a shell that nobody uses costs more than it saves. */
enum { PAYS_MS = 10 };

void
ssh_ahead_begin(struct hd_ssh *s)
{
	s->ahead = (struct ssh_ahead){ .pays_ms = PAYS_MS };
}

static bool
pays(const struct hd_ssh *s)
{
	return s->trip_ms >= s->ahead.pays_ms && !s->one_each && !s->stuck &&
	       ssh_server_is(s, "OpenSSH");
}

/* Returns EAGAIN if the answer has not arrived. */
static int
open_next(struct hd_ssh *s, struct hd_err *err)
{
	struct ssh_ahead *a = &s->ahead;
	int rc;

	do {
		a->c = libssh2_channel_open_session(s->session);
		rc = a->c != NULL ? 0 : libssh2_session_last_errno(s->session);
	} while (ssh_again_if_half(s, rc, "opening a channel", err));
	return rc;
}

static int
start_next(struct hd_ssh *s, const char *command, struct hd_err *err)
{
	int rc;

	do
		rc = libssh2_channel_exec(s->ahead.c, command);
	while (ssh_again_if_half(s, rc, "starting a command", err));
	return rc;
}

static bool
is_due(const struct hd_ssh *s)
{
	return s->ahead.stage == SSH_AHEAD_OPENING ||
	       s->ahead.stage == SSH_AHEAD_STARTING;
}

/* rc: of the call that ended with an answer. Ignores a refusal: the channel is
 * opened when it is needed. */
static void
enter(struct hd_ssh *s, int rc, enum ssh_ahead_stage next)
{
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return;
	s->ahead.stage = rc == 0 ? next : SSH_AHEAD_NEVER;
	if (rc == 0 && next == SSH_AHEAD_STARTING)
		s->opened++;
}

void
ssh_ahead_step(struct hd_ssh *s, const char *command, struct hd_err *err)
{
	struct ssh_ahead *a = &s->ahead;

	if (a->stage == SSH_AHEAD_NONE && pays(s) && !s->lanes.opening) {
		a->stage = SSH_AHEAD_OPENING;
		a->command = command;
	}
	if (a->stage == SSH_AHEAD_OPENING)
		enter(s, open_next(s, err), SSH_AHEAD_STARTING);
	if (a->stage == SSH_AHEAD_STARTING)
		enter(s, start_next(s, a->command, err), SSH_AHEAD_READY);
}

int
ssh_ahead_settle(struct hd_ssh *s, struct hd_err *err)
{
	while (!s->broken && is_due(s)) {
		ssh_ahead_step(s, s->ahead.command, err);
		if (is_due(s) && ssh_wait(s, "opening a channel", err) < 0)
			return -1;
	}
	return s->broken ? -1 : 0;
}

/* Whether the command still waits: a server may end an idle one. Reads what has
 * arrived, and leaves the output of the command for its call. */
static bool
waits(struct hd_ssh *s, struct hd_err *err)
{
	char none;

	return ssh_channel_read(s, s->ahead.c, 0, &none, 0, err) == 0 &&
	       libssh2_channel_eof(s->ahead.c) == 0;
}

/* Closes the channel. Happens during another call, whose limits stay. */
static void
give_back(struct hd_ssh *s)
{
	const struct hd_ssh call = *s;
	LIBSSH2_CHANNEL *c = s->ahead.c;

	s->ahead.c = NULL;
	ssh_channel_done(s, c);
	s->end = call.end;
	s->limit_ms = call.limit_ms;
	s->stage = call.stage;
}

LIBSSH2_CHANNEL *
ssh_ahead_take(struct hd_ssh *s, const char *command, struct hd_err *err)
{
	struct ssh_ahead *a = &s->ahead;
	LIBSSH2_CHANNEL *c;

	if (ssh_ahead_settle(s, err) < 0 || a->c == NULL)
		return NULL;
	if (a->stage != SSH_AHEAD_READY || a->command != command ||
	    !waits(s, err)) {
		if (!s->broken)
			give_back(s);
		return NULL;
	}
	c = a->c;
	a->c = NULL;
	a->stage = SSH_AHEAD_NONE;
	return c;
}

bool
ssh_ahead_stop(struct hd_ssh *s)
{
	bool any = s->ahead.c != NULL;

	s->ahead.stage = SSH_AHEAD_NEVER;
	if (any)
		give_back(s);
	return any;
}
