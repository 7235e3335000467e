#include "transport/ssh_sftp.h"

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "transport/pieces.h"
#include "transport/ssh_channel.h"

#include <libssh2_sftp.h>
#include <string.h>

/* WINDOW: bytes given to libssh2 that the host has not confirmed. OpenSSH takes
 * 2 MiB at a time, so more than twice that gains nothing. */
enum { WINDOW = 4 * 1024 * 1024, START_MS = 3000 };

/* One upload. */
struct sending {
	struct hd_ssh *s;
	const struct hd_upload *u;
	LIBSSH2_SFTP *sftp;
	LIBSSH2_SFTP_HANDLE *file;
	char *window;      /* the bytes of the file from done on */
	size_t at, filled; /* first unconfirmed byte and end, in window */
	struct hd_pieces pieces;
	uint64_t done; /* confirmed bytes */
	bool refused;  /* by the SFTP server */
};

static void
restart_clock(struct sending *x)
{
	ssh_limit(x->s, x->u->stall_ms);
}

/*
 * A server without SFTP refuses the subsystem, or accepts it although its
 * program is missing: then libssh2 waits for a greeting forever. So the start
 * has its own time limit, and reaching it is not an error.
 */
static void *
start_sftp(struct hd_ssh *s, void *ctx, struct hd_err *err)
{
	struct sending *x = ctx;
	unsigned ms = x->u->stall_ms < START_MS ? x->u->stall_ms : START_MS;
	int64_t limit = hd_clock_ms() + ms;
	LIBSSH2_SFTP *sftp;

	ssh_limit(s, ms + x->u->stall_ms);
	while ((sftp = libssh2_sftp_init(s->session)) == NULL &&
	       libssh2_session_last_errno(s->session) == LIBSSH2_ERROR_EAGAIN) {
		if (s->half_sent) /* must be finished in any case */
			limit = s->end;
		else if (hd_clock_left(limit) == 0)
			break;
		if (ssh_wait_until(s, limit, "starting SFTP", err) < 0)
			break;
	}
	return sftp;
}

/* A failed start leaves its channel open until the next call, and a server
 * with MaxSessions 1 then refuses all others. libssh2 does not reset its last
 * error, and after the channel is closed, one more call would open another. */
static void
close_refused(struct hd_ssh *s)
{
	struct hd_err ignored;
	int code;

	do {
		libssh2_session_set_last_error(s->session, 0, "");
		(void)libssh2_sftp_init(s->session);
		code = libssh2_session_last_errno(s->session);
	} while (ssh_again(s, code, "ending SFTP", &ignored));
}

/* Once it waits for the greeting, libssh2 cannot close the channel; if the
 * greeting was garbage, it would ask for another one. */
static void
give_up_sftp(struct hd_ssh *s)
{
	char *text = NULL;
	int code = libssh2_session_last_error(s->session, &text, NULL, 0);

	if (text != NULL && strstr(text, "startup channel") != NULL)
		return;
	s->opened++;
	if (code != LIBSSH2_ERROR_CHANNEL_FAILURE)
		s->stuck = true;
	else if (!s->hung_up)
		close_refused(s);
}

/* 1: open; 0: the server has no SFTP; -1: err is set. */
static int
open_sftp(struct sending *x, struct hd_err *err)
{
	static const struct ssh_way way = { start_sftp, "startup channel",
		true };

	restart_clock(x);
	x->sftp = ssh_channel_get(x->s, &way, x, err);
	if (x->sftp != NULL)
		return 1;
	if (x->s->broken)
		return -1;
	give_up_sftp(x->s);
	return 0;
}

/* A refusal is not an error yet: SFTP gives no reason, and perhaps only the
 * SFTP server refuses (sftp-server -R, a chroot). */
static int
failed(struct sending *x, const char *what, struct hd_err *err)
{
	if (x->s->broken || libssh2_session_last_errno(x->s->session) !=
				LIBSSH2_ERROR_SFTP_PROTOCOL)
		return ssh_fail(x->s, what, err);
	x->refused = true;
	return -1;
}

static int
open_file(struct sending *x, struct hd_err *err)
{
	const unsigned long flags = LIBSSH2_FXF_WRITE | LIBSSH2_FXF_CREAT |
				    (x->u->from == 0 ? LIBSSH2_FXF_TRUNC : 0);

	do
		x->file = libssh2_sftp_open_ex(x->sftp, x->u->path,
		    (unsigned)strlen(x->u->path), flags, 0600,
		    LIBSSH2_SFTP_OPENFILE);
	while (x->file == NULL &&
	       ssh_again(x->s, libssh2_session_last_errno(x->s->session),
		   "opening the file", err));
	return x->file != NULL ? 0 : failed(x, "opening the file", err);
}

/* Cuts the file off where the upload begins. */
static int
cut_off(struct sending *x, struct hd_err *err)
{
	LIBSSH2_SFTP_ATTRIBUTES size = { .flags = LIBSSH2_SFTP_ATTR_SIZE,
		.filesize = x->u->from };
	int rc;

	if (x->u->from == 0)
		return 0;
	do
		rc = libssh2_sftp_fstat_ex(x->file, &size, 1);
	while (ssh_again(x->s, rc, "truncating the file", err));
	libssh2_sftp_seek64(x->file, x->u->from);
	return rc == 0 ? 0 : failed(x, "truncating the file", err);
}

/* Refills the window; drops confirmed bytes once they take half of it. */
static int
fill(struct sending *x, struct hd_err *err)
{
	uint64_t offset, left;
	size_t n;

	if (x->at > WINDOW / 2) {
		memmove(x->window, x->window + x->at, x->filled - x->at);
		x->filled -= x->at;
		x->at = 0;
	}
	offset = x->done + (x->filled - x->at);
	left = x->u->size - offset;
	n = WINDOW - x->filled;
	if (left < n)
		n = (size_t)left;
	if (hd_pieces_read(&x->pieces, offset, x->window + x->filled, n, err) <
	    0)
		return -1;
	x->filled += n;
	return 0;
}

/* The SFTP server can exit while the connection stays up; libssh2 would wait
 * for its answer forever. */
static int
server_alive(struct sending *x, struct hd_err *err)
{
	if (!libssh2_channel_eof(libssh2_sftp_get_channel(x->sftp)))
		return 0;
	ssh_break(x->s);
	return hd_err_set(err, HD_ECONNECT,
	    "the host's SFTP server exited during the upload");
}

static int
send_some(struct sending *x, struct hd_err *err)
{
	ssize_t n;

	if (fill(x, err) < 0)
		return -1;
	do
		n = libssh2_sftp_write(
		    x->file, x->window + x->at, x->filled - x->at);
	while (n == LIBSSH2_ERROR_EAGAIN && server_alive(x, err) == 0 &&
	       ssh_again(x->s, n, "sending", err));
	if (n < 0)
		return failed(x, "sending", err);
	if (n == 0)
		return ssh_overdue(x->s, "sending", err);
	x->at += (size_t)n;
	x->done += (uint64_t)n;
	restart_clock(x);
	if (x->u->progress != NULL)
		x->u->progress(x->u->ctx, x->done, x->u->size);
	return ssh_overdue(x->s, "sending", err);
}

/* Checks the answer: some servers report a full disk only here. */
static int
close_file(struct sending *x, struct hd_err *err)
{
	int rc;

	do
		rc = libssh2_sftp_close_handle(x->file);
	while (rc == LIBSSH2_ERROR_EAGAIN && server_alive(x, err) == 0 &&
	       ssh_again(x->s, rc, "closing the file", err));
	if (rc != LIBSSH2_ERROR_EAGAIN)
		x->file = NULL;
	return rc == 0 ? 0 : failed(x, "closing the file", err);
}

/*
 * After a refusal libssh2 forgets writes that it has sent in part, and the
 * server would take the next packet for the rest of them. So end its input
 * first: libssh2 then frees the handle without asking the server.
 */
static void
abandon_file(struct sending *x)
{
	struct hd_err ignored;
	int rc;

	do
		rc =
		    libssh2_channel_send_eof(libssh2_sftp_get_channel(x->sftp));
	while (ssh_again(x->s, rc, "ending SFTP", &ignored));
	do
		rc = libssh2_sftp_close_handle(x->file);
	while (ssh_again(x->s, rc, "ending SFTP", &ignored));
}

static void
end_sftp(struct sending *x)
{
	struct hd_err ignored;
	int rc;

	x->s->stage = HD_CANCEL_NOW;
	restart_clock(x);
	if (x->file != NULL)
		abandon_file(x);
	ssh_channel_settle(x->s, libssh2_sftp_get_channel(x->sftp));
	do
		rc = libssh2_sftp_shutdown(x->sftp);
	while (ssh_again(x->s, rc, "ending SFTP", &ignored));
}

int
ssh_sftp_upload(struct hd_ssh *s, const struct hd_upload *u, struct hd_err *err)
{
	HD_AUTO_FREE char *window = NULL;
	struct sending x = {
		.s = s, .u = u, .pieces = { .u = u }, .done = u->from
	};
	int rc;

	s->stage = HD_CANCEL_SOON;
	s->heard = 0; /* stall_ms limits silence here */
	rc = open_sftp(&x, err);
	if (rc <= 0)
		return rc;
	x.window = window = hd_alloc(WINDOW);
	restart_clock(&x);
	rc = open_file(&x, err);
	if (rc == 0)
		rc = cut_off(&x, err);
	while (rc == 0 && x.done < u->size)
		rc = send_some(&x, err);
	if (rc == 0)
		rc = close_file(&x, err);
	end_sftp(&x);
	if (rc == 0)
		return 1;
	if (x.refused && !s->broken)
		return 0;
	if (x.refused)
		(void)hd_err_set(err, HD_ECONNECT,
		    "the connection was lost after the host refused the file");
	return hd_err_prefix(err, "uploading %s", u->path);
}
