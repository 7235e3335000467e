#include "transport/ssh_lanes.h"

#include "transport/ssh_channel.h"
#include "transport/ssh_client.h"
#include "transport/ssh_lane.h"
#include "transport/ssh_open.h"

/*
 * OpenSSH takes 2 MiB of a channel per round trip, so a far host needs several
 * channels: one for each LANE_TRIP_MS of the round trip. It pays to open more
 * than the bandwidth needs, because they are opened one after another: 50 MB
 * over 20 ms took 1.3 s with one and 0.95 s with four, over 100 ms 3.4 s with
 * one, 2.0 s with five and 1.5 s with eight.
 *
 * A request contains 32 KiB. If too few are under way, a far link is idle. If
 * too many are, they pile up in the memory of sshd, which moves them there
 * again and again: 50 MB to a near host took 0.95 s with 2 MiB under way, and
 * 0.75 s with 0.5 MiB. So LANE_NEAR requests are under way, and those that a
 * link of LANE_FAST_S requests per second takes in a round trip.
 *
 * A machine that works for many hosts at once gives each a small part of its
 * link, and is so busy that a near host looks far. With fewer than LANE_HOSTS
 * hosts, neither matters for the number of lanes.
 */
enum { LANE_TRIP_MS = 5, LANE_NEAR = 16, LANE_FAST_S = 4000, LANE_HOSTS = 8 };

/* Hosts for which this process works at this moment. */
static uint64_t
busy(const struct hd_ssh *s)
{
	unsigned n = atomic_load(&s->opts->client->busy);

	return n > 0 ? n : 1;
}

size_t
ssh_lanes_wanted(const struct hd_ssh *s, const struct hd_upload *u)
{
	uint64_t left = u->size - u->from;
	uint64_t n = u->channels;

	if (n == 0)
		n = s->trip_ms / (LANE_TRIP_MS * (1 + busy(s) / LANE_HOSTS));
	if (n > left / SSH_LANE_BYTES)
		n = left / SSH_LANE_BYTES;
	return n < 1 ? 1 : n > SSH_LANES_MAX ? SSH_LANES_MAX : (size_t)n;
}

size_t
ssh_lanes_pace(const struct hd_ssh *s)
{
	uint64_t most =
	    LANE_NEAR + (uint64_t)LANE_FAST_S * s->trip_ms / (1000 * busy(s));

	return most < LANE_MOST ? (size_t)most : LANE_MOST;
}

static void
add(struct hd_ssh *s, LIBSSH2_CHANNEL *c)
{
	struct ssh_lanes *l = &s->lanes;

	l->v[l->n++] = ssh_lane_new(s, c);
}

int
ssh_lanes_first(struct hd_ssh *s, struct hd_err *err)
{
	LIBSSH2_CHANNEL *c = ssh_open_session(s, err);

	if (c == NULL)
		return -1;
	add(s, c);
	return 0;
}

int
ssh_lanes_more(struct hd_ssh *s, struct hd_err *err)
{
	struct ssh_lanes *l = &s->lanes;
	LIBSSH2_CHANNEL *c;
	int rc;

	if ((l->n >= l->want && !l->opening) ||
	    s->ahead.stage == SSH_AHEAD_OPENING)
		return 0;
	do {
		c = libssh2_channel_open_session(s->session);
		rc = c != NULL ? 0 : libssh2_session_last_errno(s->session);
	} while (ssh_again_if_half(s, rc, "opening a channel", err));
	if (s->broken)
		return -1;
	l->opening = rc == LIBSSH2_ERROR_EAGAIN;
	if (l->opening)
		return 0;
	if (rc == LIBSSH2_ERROR_CHANNEL_FAILURE && !s->hung_up)
		l->want = l->n;
	else if (rc != 0)
		return ssh_fail(s, "opening a channel", err);
	else {
		s->opened++;
		add(s, c);
	}
	return 0;
}

/* A single lane saves too little: its SFTP server might not be needed. Only
 * OpenSSH is known to work with lanes opened ahead. */
static bool
pays_ahead(const struct hd_ssh *s, const struct hd_upload *u)
{
	return !s->by_command && !s->one_each && !s->stuck &&
	       (s->ahead.stage == SSH_AHEAD_STARTING ||
		   s->ahead.stage == SSH_AHEAD_READY) &&
	       ssh_server_is(s, "OpenSSH") && ssh_lanes_wanted(s, u) > 1;
}

int
ssh_lanes_expect(
    struct hd_ssh *s, const struct hd_upload *u, struct hd_err *err)
{
	struct ssh_lanes *l = &s->lanes;

	if (!l->expected && pays_ahead(s, u)) {
		l->expected = true;
		l->want = ssh_lanes_wanted(s, u);
	}
	if (!l->expected)
		return 0;
	for (size_t i = 0; i < l->n; i++) {
		uint64_t none = 0;
		bool moved;

		if (ssh_lane_run(l->v[i], &none, &moved, err) < 0)
			return -1;
		if (l->v[i]->state == LANE_REFUSED)
			l->want = l->n;
	}
	return ssh_lanes_more(s, err);
}

void
ssh_lanes_clean(struct hd_ssh *s)
{
	struct ssh_lanes *l = &s->lanes;
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i]->state == LANE_REFUSED)
			ssh_channel_done(s, ssh_lane_free(l->v[i]));
		else
			l->v[n++] = l->v[i];
	l->n = n;
}

int
ssh_lanes_settle(struct hd_ssh *s, struct hd_err *err)
{
	while (s->lanes.opening && !s->broken)
		if (ssh_lanes_more(s, err) < 0 ||
		    (s->lanes.opening &&
			ssh_wait(s, "opening a channel", err) < 0))
			return -1;
	return s->broken ? -1 : 0;
}

/* dropbear 2022.83 does not confirm a command that arrives before it has closed
 * the SFTP channel. */
static bool
can_leave(const struct hd_ssh *s, bool sound)
{
	return sound && !s->broken && ssh_server_is(s, "OpenSSH");
}

int
ssh_lanes_close(struct hd_ssh *s, bool sound, struct hd_err *err)
{
	struct ssh_lanes *l = &s->lanes;
	int rc;

	l->want = l->n;
	rc = ssh_lanes_settle(s, err);
	if (rc < 0)
		ssh_break(s);
	for (size_t i = 0; i < l->n; i++)
		ssh_lane_end(l->v[i]);
	for (size_t i = 0; i < l->n; i++)
		if (can_leave(s, sound))
			ssh_channel_leave(s, ssh_lane_free(l->v[i]));
		else
			ssh_channel_done(s, ssh_lane_free(l->v[i]));
	*l = (struct ssh_lanes){ 0 };
	if (rc == 0 && s->broken)
		return hd_err_set(err, HD_ECONNECT,
		    "the connection was lost while SFTP ended");
	return rc;
}

void
ssh_lanes_forget(struct hd_ssh *s)
{
	for (size_t i = 0; i < s->lanes.n; i++)
		(void)ssh_lane_free(s->lanes.v[i]);
	s->lanes = (struct ssh_lanes){ 0 };
}
