#include "transport/ssh_lane.h"

#include "core/base/alloc.h"
#include "transport/ssh_channel.h"

#include <libssh2.h>
#include <stdlib.h>
#include <string.h>

static uint32_t
slot(uint32_t id)
{
	return id % LANE_QUEUE;
}

/* The id of a new request, which can be a WRITE. */
static uint32_t
ask(struct ssh_lane *l, uint64_t offset, size_t length)
{
	uint32_t id = l->next++;

	l->asked[slot(id)].offset = offset;
	l->asked[slot(id)].length = (uint32_t)length;
	l->asked[slot(id)].waiting = true;
	l->asked[slot(id)].optional = false;
	return id;
}

/* The length of the path of the folder of the first n bytes. */
static size_t
folder_of(const char *path, size_t n)
{
	while (n > 0 && path[n - 1] != '/')
		n--;
	return n > 0 ? n - 1 : 0;
}

/* Asks for the folder of the first n bytes of path. */
static void
make_folder(struct ssh_lane *l, const char *path, size_t n)
{
	uint32_t id;

	if (n == 0)
		return;
	id = ask(l, 0, 0);
	l->asked[slot(id)].optional = true;
	l->n += sftp_put_mkdir(l->out + l->n, id, path, n);
}

static void
make_folders(struct ssh_lane *l, const char *path)
{
	size_t n = folder_of(path, strlen(path));

	make_folder(l, path, folder_of(path, n));
	make_folder(l, path, n);
}

struct ssh_lane *
ssh_lane_new(struct hd_ssh *s, LIBSSH2_CHANNEL *c)
{
	struct ssh_lane *l = hd_alloc(sizeof(*l));

	l->s = s;
	l->c = c;
	l->room = SFTP_OPEN_HEAD; /* the rest when it is needed */
	l->out = hd_alloc(l->room);
	l->n = sftp_put_init(l->out);
	return l;
}

/* The INIT request can still be in the queue, unsent. */
void
ssh_lane_open(struct ssh_lane *l, const char *path, bool make, bool truncate)
{
	size_t first = l->n + SFTP_OPEN_HEAD * 3 + strlen(path) * 3;

	l->room = LANE_WRITES * (SFTP_WRITE_HEAD + SFTP_DATA_MAX);
	if (l->room < first)
		l->room = first;
	l->out = hd_realloc(l->out, l->room);
	if (make)
		make_folders(l, path);
	l->n += sftp_put_open(l->out + l->n, ask(l, 0, 0), path, truncate);
}

void
ssh_lane_end(struct ssh_lane *l)
{
	struct hd_err ignored;
	int rc;

	do
		rc = libssh2_channel_send_eof(l->c);
	while (ssh_again_if_half(l->s, rc, "ending SFTP", &ignored));
	do
		rc = libssh2_channel_close(l->c);
	while (ssh_again_if_half(l->s, rc, "ending SFTP", &ignored));
}

LIBSSH2_CHANNEL *
ssh_lane_free(struct ssh_lane *l)
{
	LIBSSH2_CHANNEL *c = l->c;

	free(l->out);
	free(l);
	return c;
}

bool
ssh_lane_ready(const struct ssh_lane *l, size_t most)
{
	return l->state == LANE_OPEN && l->at == l->n &&
	       l->next - l->oldest + LANE_WRITES <= most;
}

/* A partly sent buffer must stay: libssh2 wants the same bytes again. */
static unsigned char *
end_of(struct ssh_lane *l)
{
	if (l->at == l->n)
		l->at = l->n = 0;
	return l->out + l->n;
}

void
ssh_lane_truncate(struct ssh_lane *l, uint64_t size)
{
	unsigned char *p = end_of(l);

	l->n += sftp_put_size(p, ask(l, 0, 0), &l->handle, size);
}

void
ssh_lane_close(struct ssh_lane *l)
{
	unsigned char *p = end_of(l);

	l->n += sftp_put_close(p, ask(l, 0, 0), &l->handle);
	l->state = LANE_CLOSING;
}

char *
ssh_lane_write(struct ssh_lane *l, uint64_t offset, size_t n)
{
	unsigned char *p = end_of(l);
	size_t head =
	    sftp_put_write(p, ask(l, offset, n), &l->handle, offset, n);

	l->n += head + n;
	return (char *)p + head;
}

uint64_t
ssh_lane_oldest(const struct ssh_lane *l)
{
	for (uint32_t id = l->oldest; id != l->next; id++)
		if (l->asked[slot(id)].waiting && l->asked[slot(id)].length > 0)
			return l->asked[slot(id)].offset;
	return UINT64_MAX;
}

/* Only its text tells whether libssh2 has sent the request, and now waits for
 * the answer: while the server renews its keys, nothing is sent. */
static bool
is_sent(const struct ssh_lane *l)
{
	char *text = NULL;

	(void)libssh2_session_last_error(l->s->session, &text, NULL, 0);
	return text == NULL || strstr(text, "sending channel") == NULL;
}

/* tinysshd hangs up if data comes for a channel without a program. */
static bool
waits_for_answers(const struct ssh_lane *l)
{
	return ssh_server_is(l->s, "tinyssh");
}

static int
request(struct ssh_lane *l, struct hd_err *err)
{
	int rc;

	if (l->accepted)
		return 0;
	libssh2_session_set_last_error(l->s->session, 0, "");
	do
		rc = libssh2_channel_subsystem(l->c, "sftp");
	while (ssh_again_if_half(l->s, rc, "starting SFTP", err));
	if (l->s->broken)
		return -1;
	l->accepted = rc == 0;
	l->asked_for = rc == 0 || (is_sent(l) && !waits_for_answers(l));
	/* also a server that hangs up: tinysshd, which has no other channel */
	if (rc != 0 && rc != LIBSSH2_ERROR_EAGAIN)
		l->state = LANE_REFUSED;
	return 0;
}

static int
feed(struct ssh_lane *l, bool *moved, struct hd_err *err)
{
	while (l->asked_for && l->at < l->n) {
		ssize_t n;

		do
			n = libssh2_channel_write(
			    l->c, (const char *)l->out + l->at, l->n - l->at);
		while (ssh_again_if_half(l->s, n, "sending", err));
		if (l->s->broken)
			return -1;
		if (n == LIBSSH2_ERROR_EAGAIN || n == 0)
			return 0; /* no room in the window */
		/* the server has closed the channel: see ended() */
		if (n == LIBSSH2_ERROR_CHANNEL_CLOSED ||
		    n == LIBSSH2_ERROR_CHANNEL_EOF_SENT)
			return 0;
		if (n < 0)
			return ssh_fail(l->s, "sending", err);
		l->at += (size_t)n;
		*moved = true;
	}
	return 0;
}

/* -1: nobody asked for this answer. */
static int
answer(struct ssh_lane *l, const struct sftp_reply *r, uint64_t *done)
{
	uint32_t i = slot(r->id);

	if (r->type == SFTP_VERSION && !l->greeted) {
		l->greeted = true;
		return 0;
	}
	if (!l->greeted || r->type == SFTP_VERSION ||
	    r->id - l->oldest >= l->next - l->oldest || !l->asked[i].waiting)
		return -1;
	l->asked[i].waiting = false;
	while (l->oldest != l->next && !l->asked[slot(l->oldest)].waiting)
		l->oldest++;
	if (r->type == SFTP_HANDLE && l->state == LANE_STARTING &&
	    !l->asked[i].optional) {
		l->handle = r->handle;
		l->state = LANE_OPEN;
	} else if (r->type == SFTP_HANDLE)
		return -1;
	else if (l->asked[i].optional)
		return 0;
	else if (r->code != 0 || l->state == LANE_STARTING)
		l->state = LANE_REFUSED;
	else if (l->asked[i].length > 0)
		*done += l->asked[i].length;
	else if (l->state == LANE_CLOSING && l->oldest == l->next)
		l->state = LANE_CLOSED;
	return 0;
}

/* Before there is a handle, a server that fails only lacks SFTP. */
static int
failed(struct ssh_lane *l, const char *what, struct hd_err *err)
{
	if (l->state == LANE_STARTING) {
		l->state = LANE_REFUSED;
		return 0;
	}
	ssh_break(l->s);
	return hd_err_set(err, HD_ECONNECT,
	    "the host's SFTP server %s during the upload", what);
}

static int
take(struct ssh_lane *l, const unsigned char *p, size_t n, uint64_t *done,
    struct hd_err *err)
{
	struct sftp_reply r;

	while (n > 0 && l->state != LANE_REFUSED) {
		int rc = sftp_read(&l->reader, &p, &n, &r);

		if (rc == 0)
			continue;
		if (rc < 0 || answer(l, &r, done) < 0)
			return failed(l, "sent an answer out of order", err);
	}
	return 0;
}

static int
drain(struct ssh_lane *l, uint64_t *done, bool *moved, struct hd_err *err)
{
	char room[8192];
	ssize_t n = ssh_channel_read(l->s, l->c, SSH_EXTENDED_DATA_STDERR, room,
	    sizeof(room), err); /* nobody reads it */

	if (n < 0)
		return -1;
	n = ssh_channel_read(l->s, l->c, 0, room, sizeof(room), err);
	if (n <= 0)
		return (int)n;
	*moved = true;
	return take(l, (const unsigned char *)room, (size_t)n, done, err);
}

int
ssh_lane_run(
    struct ssh_lane *l, uint64_t *done, bool *moved, struct hd_err *err)
{
	if (request(l, err) < 0 || l->state == LANE_REFUSED)
		return l->s->broken ? -1 : 0;
	if (feed(l, moved, err) < 0 || drain(l, done, moved, err) < 0)
		return -1;
	if (l->state < LANE_CLOSED && libssh2_channel_eof(l->c) != 0)
		return failed(l, "exited", err);
	return 0;
}
