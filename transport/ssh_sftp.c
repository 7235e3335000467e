#include "transport/ssh_sftp.h"

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "transport/pieces.h"
#include "transport/ssh_channel.h"
#include "transport/ssh_lane.h"
#include "transport/ssh_open.h"

#include <string.h>

/*
 * OpenSSH takes 2 MiB of a channel per round trip, so a far host needs several
 * channels: one for each LANE_TRIP_MS of the round trip. They are opened one
 * per round trip, so it pays to open more than the bandwidth needs: 50 MB over
 * 100 ms took 3.4 s with one, 2.0 s with five and 1.5 s with eight. LANES_MAX:
 * sshd's MaxSessions is 10, and another channel can run a script.
 */
enum {
	LANES_MAX = 8,
	LANE_TRIP_MS = 12,
	LANE_BYTES = 2 * 1024 * 1024,
	/* from this size on SFTP is worth the start of its server: 2.6 ms for
	 * each MB, against 3.0 with a command */
	LARGE = 8 * 1024 * 1024,
	START_MS = 3000,
	PATH_MAX_LEN = 64 * 1024,
};

/* One upload. */
struct sending {
	struct hd_ssh *s;
	const struct hd_upload *u;
	struct hd_pieces pieces;
	struct ssh_lane *lanes[LANES_MAX];
	size_t n, want; /* lanes */
	bool opening;   /* libssh2 waits for the answer */
	bool ready;     /* the file has its initial size */
	bool refused;   /* by the SFTP server */
	uint64_t next;  /* offset of the first byte that no lane has taken */
	uint64_t done;  /* confirmed bytes, and those before from */
	int64_t started_by; /* when SFTP must have started */
};

static void
restart_clock(struct sending *x)
{
	ssh_limit(x->s, x->u->stall_ms);
}

static size_t
wanted(const struct hd_ssh *s, const struct hd_upload *u)
{
	uint64_t left = u->size - u->from;
	uint64_t n = u->channels;

	if (n == 0)
		n = s->trip_ms / LANE_TRIP_MS;
	if (n > left / LANE_BYTES)
		n = left / LANE_BYTES;
	return n < 1 ? 1 : n > LANES_MAX ? LANES_MAX : (size_t)n;
}

bool
ssh_sftp_pays(const struct hd_ssh *s, const struct hd_upload *u)
{
	return !s->by_command &&
	       (u->channels > 0 || wanted(s, u) > 1 ||
		   u->size - u->from >= LARGE || ssh_input_is_endless(s));
}

static void
add_lane(struct sending *x, LIBSSH2_CHANNEL *c)
{
	bool first = x->n == 0, fresh = x->u->from == 0;

	x->lanes[x->n++] =
	    ssh_lane_new(x->s, c, x->u->path, fresh, first && fresh);
}

static int
open_first(struct sending *x, struct hd_err *err)
{
	unsigned start = x->u->stall_ms < START_MS ? x->u->stall_ms : START_MS;
	LIBSSH2_CHANNEL *c = ssh_open_session(x->s, err);

	if (c == NULL)
		return -1;
	x->want = wanted(x->s, x->u);
	x->started_by = hd_clock_ms() + start;
	ssh_limit(x->s, start + x->u->stall_ms);
	add_lane(x, c);
	return 0;
}

/* One more channel. If the server refuses it, the others must do. */
static int
open_more(struct sending *x, struct hd_err *err)
{
	LIBSSH2_CHANNEL *c;
	int rc;

	if (x->n >= x->want && !x->opening)
		return 0;
	do {
		c = libssh2_channel_open_session(x->s->session);
		rc = c != NULL ? 0 : libssh2_session_last_errno(x->s->session);
	} while (ssh_again_if_half(x->s, rc, "opening a channel", err));
	if (x->s->broken)
		return -1;
	x->opening = rc == LIBSSH2_ERROR_EAGAIN;
	if (x->opening)
		return 0;
	if (rc == LIBSSH2_ERROR_CHANNEL_FAILURE && !x->s->hung_up)
		x->want = x->n;
	else if (rc != 0)
		return ssh_fail(x->s, "opening a channel", err);
	else {
		x->s->opened++;
		add_lane(x, c);
	}
	return 0;
}

/* Limits how far the lanes are apart, because a cut leaves gaps. */
static bool
too_far(const struct sending *x)
{
	uint64_t oldest = x->next;

	for (size_t i = 0; i < x->n; i++)
		if (ssh_lane_oldest(x->lanes[i]) < oldest)
			oldest = ssh_lane_oldest(x->lanes[i]);
	return x->next - oldest > x->n * LANE_BYTES * 2;
}

/* The next stripe of the file. */
static int
write_stripe(struct sending *x, struct ssh_lane *l, struct hd_err *err)
{
	for (int i = 0; i < LANE_WRITES && x->next < x->u->size; i++) {
		uint64_t left = x->u->size - x->next;
		size_t n = left < SFTP_DATA_MAX ? (size_t)left : SFTP_DATA_MAX;

		if (hd_pieces_read(&x->pieces, x->next,
			ssh_lane_write(l, x->next, n), n, err) < 0)
			return -1;
		x->next += n;
	}
	return 0;
}

/* Gives a lane its next requests. */
static int
direct(struct sending *x, struct ssh_lane *l, struct hd_err *err)
{
	if (l == x->lanes[0] && l->state == LANE_OPEN && !x->ready) {
		if (x->u->from > 0 && l->next == 1)
			ssh_lane_truncate(l, x->u->from);
		x->ready = x->u->from == 0 || l->oldest == 2;
	}
	if (!ssh_lane_ready(l) || !x->ready)
		return 0;
	if (x->next == x->u->size)
		ssh_lane_close(l);
	else if (!too_far(x))
		return write_stripe(x, l, err);
	return 0;
}

/* The first lane's refusal decides. Another one can meet a limit. */
static void
leave_lane(struct sending *x, size_t i)
{
	if (i == 0 || ssh_lane_oldest(x->lanes[i]) != UINT64_MAX ||
	    x->lanes[i]->handle.n > 0)
		x->refused = true;
	else
		x->want = x->n;
}

static int
run_lanes(struct sending *x, bool *moved, struct hd_err *err)
{
	uint64_t before = x->done;

	for (size_t i = 0; i < x->n && !x->refused; i++) {
		struct ssh_lane *l = x->lanes[i];

		if (l->state == LANE_REFUSED)
			continue;
		if (direct(x, l, err) < 0 ||
		    ssh_lane_run(l, &x->done, moved, err) < 0)
			return -1;
		if (l->state == LANE_REFUSED)
			leave_lane(x, i);
	}
	if (x->done == before)
		return 0;
	restart_clock(x);
	if (x->u->progress != NULL)
		x->u->progress(x->u->ctx, x->done, x->u->size);
	return 0;
}

/* Does not wait for a lane without a handle: it has sent nothing. */
static bool
is_complete(const struct sending *x)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->lanes[i]->handle.n > 0 &&
		    x->lanes[i]->state != LANE_CLOSED)
			return false;
	return x->next == x->u->size && x->ready;
}

/*
 * A server without SFTP refuses the subsystem, or accepts it although its
 * program is missing. So the start has its own time limit, and reaching it is
 * not an error.
 */
static bool
never_starts(const struct sending *x)
{
	return !x->lanes[0]->greeted && hd_clock_left(x->started_by) == 0;
}

static int
turn(struct sending *x, struct hd_err *err)
{
	uint64_t before = x->s->received;
	int64_t limit = x->s->end;
	bool moved = false;

	if (run_lanes(x, &moved, err) < 0 || open_more(x, err) < 0)
		return -1;
	if (never_starts(x))
		x->refused = true;
	if (x->refused || is_complete(x))
		return 0;
	if (moved || x->s->received != before)
		return ssh_overdue(x->s, "sending", err);
	if (!x->lanes[0]->greeted && x->started_by < limit)
		limit = x->started_by;
	return ssh_wait_until(x->s, limit, "sending", err);
}

/* libssh2 opens one channel at a time: until then no other could be opened. */
static void
finish_opening(struct sending *x)
{
	struct hd_err ignored;

	x->want = x->n;
	while (x->opening && x->n < LANES_MAX && !x->s->broken)
		if (open_more(x, &ignored) < 0 ||
		    (x->opening &&
			ssh_wait(x->s, "opening a channel", &ignored) < 0))
			return;
}

/* dropbear 2022.83 does not confirm a command that arrives before it has closed
 * the SFTP channel. */
static void
end(struct sending *x)
{
	x->s->stage = HD_CANCEL_NOW;
	restart_clock(x);
	finish_opening(x);
	for (size_t i = 0; i < x->n; i++)
		ssh_lane_end(x->lanes[i]);
	for (size_t i = 0; i < x->n; i++)
		ssh_lane_free(x->lanes[i]);
}

int
ssh_sftp_upload(struct hd_ssh *s, const struct hd_upload *u, struct hd_err *err)
{
	struct sending x = { .s = s,
		.u = u,
		.pieces = { .u = u },
		.next = u->from,
		.done = u->from };
	int rc;

	if (strlen(u->path) > PATH_MAX_LEN)
		return 0;
	s->stage = HD_CANCEL_SOON;
	s->heard = 0; /* stall_ms limits silence here */
	restart_clock(&x);
	rc = open_first(&x, err);
	if (rc < 0)
		return -1;
	while (rc == 0 && !x.refused && !is_complete(&x))
		rc = turn(&x, err);
	end(&x);
	if (rc == 0 && !x.refused)
		return 1;
	if (rc == 0 && !s->broken)
		return 0;
	if (rc == 0)
		(void)hd_err_set(err, HD_ECONNECT,
		    "the connection was lost after the host refused the file");
	return hd_err_prefix(err, "uploading %s", u->path);
}
