#include "transport/local.h"

#include "core/base/alloc.h"
#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/fs.h"
#include "transport/commands.h"
#include "transport/flow.h"
#include "transport/local_run.h"
#include "transport/pieces.h"
#include "transport/ssh_client.h"
#include "transport/tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { COPY = 256 * 1024, SLICE_MS = 100 };

struct hd_local {
	struct hd_transport base;
	struct hd_commands commands;
	struct hd_sudo sudo; /* for commands, if it gets a password */
	bool other_user;
};

_Static_assert(
    offsetof(struct hd_local, base) == 0, "local_of() needs base first");

static struct hd_local *
local_of(struct hd_transport *t)
{
	return (struct hd_local *)t;
}

static int
local_exec(struct hd_transport *t, const struct hd_exec *x, int *status,
    struct hd_err *err)
{
	return hd_flow_exec(
	    t, local_run, &local_of(t)->commands, x, status, err);
}

static int
local_read(struct hd_transport *t, const struct hd_read *r, struct hd_err *err)
{
	return hd_flow_read(t, local_run, &local_of(t)->commands, r, err);
}

static int
cannot_write(const char *path, struct hd_err *err)
{
	return hd_err_set(
	    err, HD_EREMOTE, "cannot write %s: %s", path, strerror(errno));
}

static int
copy(const struct hd_upload *u, int to, char *room, struct hd_err *err)
{
	struct hd_pieces pieces = { .u = u };
	uint64_t done = u->from;

	while (done < u->size) {
		uint64_t left = u->size - done;
		size_t n = left < COPY ? (size_t)left : COPY;

		if (hd_pieces_read(&pieces, done, room, n, err) < 0)
			return -1;
		if (hd_fs_write_all(to, room, n) < 0)
			return cannot_write(u->path, err);
		done += n;
		if (u->progress != NULL)
			u->progress(u->ctx, done, u->size);
		if (hd_cancel_requested())
			return hd_err_set(err, HD_ECANCELED, "interrupted");
	}
	return 0;
}

/* As for an upload to another machine. */
static int
make_folder(const char *path, struct hd_err *err)
{
	const char *end = strrchr(path, '/');
	HD_AUTO_FREE char *folder = NULL;

	if (end == NULL || end == path)
		return 0;
	folder = hd_strdup(path);
	folder[end - path] = '\0';
	if (hd_fs_make_folder(folder, err) == 0)
		return 0;
	err->code = HD_EREMOTE;
	return -1;
}

static int
local_upload(
    struct hd_transport *t, const struct hd_upload *u, struct hd_err *err)
{
	HD_AUTO_FREE char *room = hd_alloc(COPY);
	HD_AUTO_FD to = -1;

	if (local_of(t)->other_user)
		return hd_flow_upload(
		    t, local_run, &local_of(t)->commands, u, err);
	if (hd_flow_check_path(u->path, err) < 0)
		return -1;
	if (u->from == 0 && make_folder(u->path, err) < 0)
		return -1;
	to = open(u->path,
	    O_WRONLY | O_CREAT | (u->from == 0 ? O_TRUNC : 0) | O_CLOEXEC,
	    0600);
	if (to < 0)
		return cannot_write(u->path, err);
	if (u->from > 0 && (ftruncate(to, (off_t)u->from) < 0 ||
			       lseek(to, (off_t)u->from, SEEK_SET) < 0))
		return cannot_write(u->path, err);
	if (copy(u, to, room, err) < 0)
		return -1;
	/* Some file systems report a full disk only here. */
	if (close(hd_steal_fd(&to)) < 0)
		return cannot_write(u->path, err);
	return 0;
}

static int
await(int fd, short events, const struct hd_until *until, struct hd_err *err)
{
	struct pollfd p = { .fd = fd, .events = events };
	char limit[HD_LIMIT_TEXT];

	hd_clock_limit(limit, until->ms);
	for (;;) {
		int left = hd_clock_left(until->end);

		if (left == 0)
			return hd_err_set(err, HD_ETIMEOUT,
			    "the service did not answer within %s", limit);
		if (hd_cancel_insisted())
			return hd_err_set(err, HD_ECANCELED, "interrupted");
		if (poll(&p, 1, left < SLICE_MS ? left : SLICE_MS) > 0)
			return 0;
	}
}

static int
broken(struct hd_err *err)
{
	return hd_err_set(err, HD_EREMOTE,
	    "the service closed the connection early: %s", strerror(errno));
}

static int
send_request(int fd, const struct hd_tunnel *x, const struct hd_until *until,
    struct hd_err *err)
{
	size_t sent = 0;

	while (sent < x->len) {
		ssize_t n =
		    send(fd, x->request + sent, x->len - sent, MSG_NOSIGNAL);

		if (n >= 0)
			sent += (size_t)n;
		else if (errno != EAGAIN && errno != EINTR)
			return broken(err);
		else if (await(fd, POLLOUT, until, err) < 0)
			return -1;
	}
	return 0;
}

static int
receive_answer(int fd, const struct hd_tunnel *x, const struct hd_until *until,
    struct hd_err *err)
{
	char piece[8192];
	size_t got = 0;

	while (got < x->max) {
		size_t left = x->max - got;
		ssize_t n = recv(
		    fd, piece, left < sizeof(piece) ? left : sizeof(piece), 0);

		if (n == 0)
			return 0;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return broken(err);
		if (n > 0) {
			got += (size_t)n;
			if (x->out != NULL)
				x->out(x->ctx, HD_STDOUT, piece, (size_t)n);
		}
		if (hd_clock_left(until->end) == 0 || n < 0)
			if (await(fd, POLLIN, until, err) < 0)
				return -1;
	}
	return 0;
}

static int
local_tunnel(
    struct hd_transport *t, const struct hd_tunnel *x, struct hd_err *err)
{
	const struct hd_until until = { hd_clock_ms() + x->deadline_ms,
		x->deadline_ms, HD_CANCEL_NOW };
	const struct hd_tcp to = { .address = x->address, .port = x->port };
	enum hd_again again;
	HD_AUTO_FD fd = -1;

	(void)t;
	if (hd_tcp_connect(&fd, &to, &until, &again, err) < 0) {
		if (err->code == HD_ECONNECT)
			err->code = HD_EREMOTE;
		return -1;
	}
	if (send_request(fd, x, &until, err) < 0 ||
	    receive_answer(fd, x, &until, err) < 0)
		return hd_err_prefix(err, "%s port %u", x->address, x->port);
	return 0;
}

static void
local_close(struct hd_transport *t)
{
	free(local_of(t));
}

static const struct hd_transport_ops local_ops = {
	.exec = local_exec,
	.upload = local_upload,
	.read = local_read,
	.tunnel = local_tunnel,
	.close = local_close,
};

int
hd_local_open(struct hd_transport **out, const struct hd_local_opts *o,
    struct hd_err *err)
{
	struct hd_local *l = hd_alloc(sizeof(*l));
	const char *run_as = o != NULL ? o->run_as : NULL;
	struct hd_sudo *sudo = NULL;

	l->base.ops = &local_ops;
	l->other_user = run_as != NULL;
	if ((run_as != NULL &&
		ssh_client_sudo(&sudo, &l->sudo, o->client, &o->sudo, o->user,
		    "this machine", o->stage, err) < 0) ||
	    hd_commands_init(&l->commands, run_as, sudo, err) < 0) {
		free(l);
		return -1;
	}
	l->commands.plain = true;
	*out = &l->base;
	return 0;
}
