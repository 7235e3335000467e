#include "transport/ssh_sftp.h"

#include "core/base/clock.h"
#include "transport/pieces.h"
#include "transport/ssh_ahead.h"
#include "transport/ssh_channel.h"
#include "transport/ssh_lane.h"
#include "transport/ssh_lanes.h"

#include <string.h>

enum {
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
	struct ssh_lanes *lanes;
	size_t asked;  /* lanes that were asked for the file */
	bool ready;    /* the file has its initial size */
	bool refused;  /* by the SFTP server */
	uint64_t next; /* offset of the first byte that no lane has taken */
	uint64_t done; /* confirmed bytes, and those before from */
	int64_t started_by; /* when SFTP must have started */
};

static void
restart_clock(struct sending *x)
{
	ssh_limit(x->s, x->u->stall_ms);
}

bool
ssh_sftp_pays(const struct hd_ssh *s, const struct hd_upload *u)
{
	return !s->by_command &&
	       (u->channels > 0 || ssh_lanes_wanted(s, u) > 1 ||
		   u->size - u->from >= LARGE || ssh_input_is_endless(s));
}

static void
ask_for_file(struct sending *x)
{
	bool fresh = x->u->from == 0;

	for (; x->asked < x->lanes->n; x->asked++)
		ssh_lane_open(x->lanes->v[x->asked], x->u->path, fresh,
		    x->asked == 0 && fresh);
}

static int
open_first(struct sending *x, struct hd_err *err)
{
	unsigned start = x->u->stall_ms < START_MS ? x->u->stall_ms : START_MS;

	if (ssh_ahead_settle(x->s, err) < 0 ||
	    (x->lanes->n == 0 && ssh_lanes_settle(x->s, err) < 0))
		return -1;
	ssh_lanes_clean(x->s);
	if (x->lanes->n == 0 && ssh_lanes_first(x->s, err) < 0)
		return -1;
	x->lanes->want = ssh_lanes_wanted(x->s, x->u);
	x->started_by = hd_clock_ms() + start;
	ssh_limit(x->s, start + x->u->stall_ms);
	return 0;
}

/* Limits how far the lanes are apart, because a cut leaves gaps. */
static bool
too_far(const struct sending *x)
{
	uint64_t oldest = x->next;

	for (size_t i = 0; i < x->lanes->n; i++)
		if (ssh_lane_oldest(x->lanes->v[i]) < oldest)
			oldest = ssh_lane_oldest(x->lanes->v[i]);
	return x->next - oldest > x->lanes->n * SSH_LANE_BYTES * 2;
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
	if (l == x->lanes->v[0] && l->state == LANE_OPEN && !x->ready) {
		if (x->u->from > 0 && l->next == 1)
			ssh_lane_truncate(l, x->u->from);
		x->ready = x->u->from == 0 || l->oldest == 2;
	}
	if (!x->ready || !ssh_lane_ready(l, ssh_lanes_pace(x->s)))
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
	const struct ssh_lane *l = x->lanes->v[i];

	if (i == 0 || ssh_lane_oldest(l) != UINT64_MAX || l->handle.n > 0)
		x->refused = true;
	else
		x->lanes->want = x->lanes->n;
}

static int
run_lanes(struct sending *x, bool *moved, struct hd_err *err)
{
	uint64_t before = x->done;

	ask_for_file(x);
	for (size_t i = 0; i < x->lanes->n && !x->refused; i++) {
		struct ssh_lane *l = x->lanes->v[i];

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
	for (size_t i = 0; i < x->lanes->n; i++)
		if (x->lanes->v[i]->handle.n > 0 &&
		    x->lanes->v[i]->state != LANE_CLOSED)
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
	return !x->lanes->v[0]->greeted && hd_clock_left(x->started_by) == 0;
}

static int
turn(struct sending *x, struct hd_err *err)
{
	uint64_t before = x->s->received;
	int64_t limit = x->s->end;
	bool moved = false;

	if (run_lanes(x, &moved, err) < 0 || ssh_lanes_more(x->s, err) < 0)
		return -1;
	if (never_starts(x))
		x->refused = true;
	if (x->refused || is_complete(x))
		return 0;
	if (moved || x->s->received != before)
		return ssh_overdue(x->s, "sending", err);
	if (!x->lanes->v[0]->greeted && x->started_by < limit)
		limit = x->started_by;
	return ssh_wait_until(x->s, limit, "sending", err);
}

static void
end(struct sending *x, bool stored)
{
	struct hd_err ignored;

	x->s->stage = HD_CANCEL_NOW;
	restart_clock(x);
	(void)!ssh_lanes_close(x->s, stored, &ignored);
}

int
ssh_sftp_upload(struct hd_ssh *s, const struct hd_upload *u, struct hd_err *err)
{
	struct sending x = { .s = s,
		.u = u,
		.pieces = { .u = u },
		.lanes = &s->lanes,
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
	end(&x, rc == 0 && !x.refused);
	if (rc == 0 && !x.refused)
		return 1;
	if (rc == 0 && !s->broken)
		return 0;
	if (rc == 0)
		(void)hd_err_set(err, HD_ECONNECT,
		    "the connection was lost after the host refused the file");
	return hd_err_prefix(err, "uploading %s", u->path);
}
