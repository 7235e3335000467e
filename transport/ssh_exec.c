#include "transport/ssh_exec.h"

#include "core/base/alloc.h"
#include "transport/ssh_ahead.h"
#include "transport/ssh_channel.h"
#include "transport/ssh_lanes.h"
#include "transport/ssh_open.h"
#include "transport/ssh_session.h"

/* PIECES limits a turn, so that endless output delays neither the deadline nor
 * stdin. */
enum { PIECES = 32, PIECE = 32 * 1024 };

/* One command on its channel. */
struct run {
	struct hd_ssh *s;
	LIBSSH2_CHANNEL *c;
	struct hd_flow *f;
	bool fed;      /* end of file was sent */
	bool progress; /* in the current turn */
};

static void
set_limits(struct run *r)
{
	r->s->end = r->f->end;
	r->s->limit_ms = r->f->limit_ms;
	r->s->stage = r->f->stage;
}

static int
start(struct run *r, struct hd_err *err)
{
	int rc;

	set_limits(r);
	/* no upload follows */
	if (r->f->next == NULL && ssh_lanes_close(r->s, true, err) < 0)
		return -1;
	set_limits(r);
	r->c = ssh_ahead_take(r->s, r->f->command, err);
	if (r->c != NULL || r->s->broken)
		return r->c != NULL ? 0 : -1;
	r->c = ssh_open_session(r->s, err);
	if (r->c == NULL)
		return -1;
	do
		rc = libssh2_channel_exec(r->c, r->f->command);
	while (ssh_again(r->s, rc, "starting a command", err));
	return rc == 0 ? 0 : ssh_fail(r->s, "starting a command", err);
}

static int
end_input(struct run *r, struct hd_err *err)
{
	int rc;

	do
		rc = libssh2_channel_send_eof(r->c);
	while (ssh_again_if_half(r->s, rc, "sending", err));
	if (rc == LIBSSH2_ERROR_EAGAIN && !r->s->broken)
		return 0;
	r->fed = true;
	return rc == 0 ? 0 : ssh_fail(r->s, "sending", err);
}

static int
feed(struct run *r, struct hd_err *err)
{
	for (int i = 0; i < PIECES && !r->fed && !hd_flow_waits(r->f); i++) {
		const char *p = NULL;
		size_t n;
		ssize_t done;

		if (hd_flow_next(r->f, &p, &n, err) < 0)
			return -1;
		if (n == 0)
			return end_input(r, err);
		do
			done = libssh2_channel_write(r->c, p, n);
		while (ssh_again_if_half(r->s, done, "sending", err));
		if (done < 0 && done != LIBSSH2_ERROR_EAGAIN)
			return ssh_fail(r->s, "sending", err);
		if (r->s->broken)
			return -1;
		if (done <= 0)
			return 0; /* no room in the window */
		hd_flow_fed(r->f, (size_t)done);
		r->progress = true;
	}
	return 0;
}

static int
drain(struct run *r, enum hd_stream stream, char *room, struct hd_err *err)
{
	int id = stream == HD_STDERR ? SSH_EXTENDED_DATA_STDERR : 0;

	for (int i = 0; i < PIECES; i++) {
		ssize_t n = ssh_channel_read(r->s, r->c, id, room, PIECE, err);

		if (n <= 0)
			return (int)n;
		r->progress = true;
		if (hd_flow_out(r->f, stream, room, (size_t)n, err) < 0)
			return -1;
	}
	return 0;
}

static bool
is_over(const struct run *r)
{
	return libssh2_channel_eof(r->c) != 0 || hd_flow_complete(r->f);
}

/*
 * Any call may fill libssh2's queue of any stream, so wait for the socket only
 * after a turn that received nothing.
 */
static int
turn(struct run *r, char *room, struct hd_err *err)
{
	uint64_t before = r->s->received;

	r->progress = false;
	if (r->f->stage != HD_CANCEL_NEVER) /* else it is the last */
		ssh_ahead_step(r->s, r->f->command, err);
	if (r->f->next != NULL && ssh_lanes_expect(r->s, r->f->next, err) < 0)
		return -1;
	if (feed(r, err) < 0 || drain(r, HD_STDOUT, room, err) < 0 ||
	    drain(r, HD_STDERR, room, err) < 0)
		return -1;
	r->s->end = r->f->end;
	r->s->limit_ms = r->f->limit_ms;
	if (is_over(r))
		return 0;
	if (r->progress || r->s->received != before)
		return ssh_overdue(r->s, "running the script", err);
	return ssh_wait_until(
	    r->s, hd_flow_wait(r->f), "running the script", err);
}

/* Closes the channel. The exit status arrives between end of file and close. If
 * none came, libssh2 reports 0, which cannot be distinguished from a real 0. */
static int
finish(struct run *r, int *status, struct hd_err *err)
{
	char *killed_by = NULL;
	int rc;

	*status = -1;
	if (libssh2_channel_eof(r->c) == 0)
		return 0; /* the answer is complete without a status */
	/* tinysshd hangs up after its own close, so it never gets ours */
	do
		rc = libssh2_channel_close(r->c);
	while (ssh_again(r->s, rc, "ending a command", err));
	if (r->s->broken)
		return -1;
	do
		rc = libssh2_channel_wait_closed(r->c);
	while (ssh_again(r->s, rc, "ending a command", err));
	if (rc != 0)
		return ssh_fail(r->s, "ending a command", err);
	*status = libssh2_channel_get_exit_status(r->c);
	(void)libssh2_channel_get_exit_signal(
	    r->c, &killed_by, NULL, NULL, NULL, NULL, NULL);
	if (killed_by != NULL) {
		*status = -1;
		libssh2_free(r->s->session, killed_by);
	}
	return 0;
}

/* sudo waits for a password that it will not get. pam_faillock would count the
 * end of its input as a failure, but does not count a signal. */
static void
end_sudo(struct run *r)
{
	struct hd_err ignored;
	int rc;

	do
		rc = libssh2_channel_signal(r->c, "KILL");
	while (ssh_again_if_half(r->s, rc, "ending sudo", &ignored));
}

int
ssh_run(
    struct hd_transport *t, struct hd_flow *f, int *status, struct hd_err *err)
{
	HD_AUTO_FREE char *room = hd_alloc(PIECE);
	struct run r = { .s = ssh_of(t), .f = f };
	int rc;

	ssh_watch(r.s);
	rc = start(&r, err);
	while (rc == 0 && !is_over(&r))
		rc = turn(&r, room, err);
	if (rc == 0)
		rc = finish(&r, status, err);
	else if (r.c != NULL && f->sudo != NULL && !r.s->broken)
		end_sudo(&r);
	ssh_channel_done(r.s, r.c);
	return rc;
}
