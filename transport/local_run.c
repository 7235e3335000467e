#define _GNU_SOURCE /* pipe2 */
#include "transport/local_run.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLICE_MS = 100, REAP_MS = 2000 };

struct child {
	pid_t pid;
	int fd[3]; /* our ends of its stdin, stdout and stderr; -1: closed */
};

static void
shut(int *fd)
{
	hd_closep(fd);
	*fd = -1;
}

/* stdin is a socket, because send() can suppress SIGPIPE. */
static int
open_streams(int ours[3], int theirs[3])
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	ours[0] = pair[0];
	theirs[0] = pair[1];
	for (int i = 1; i < 3; i++) {
		if (pipe2(pair, O_CLOEXEC) < 0)
			return -1;
		ours[i] = pair[0];
		theirs[i] = pair[1];
	}
	for (int i = 0; i < 3; i++)
		if (fcntl(ours[i], F_SETFL, O_NONBLOCK) < 0)
			return -1;
	return 0;
}

static int
start(struct child *c, const char *command, struct hd_err *err)
{
	const char *argv[] = { "/bin/sh", "-c", command, NULL };
	int theirs[3] = { -1, -1, -1 };
	int problem = 0;

	if (open_streams(c->fd, theirs) < 0)
		problem = errno;
	else
		problem = hd_spawn(&c->pid, &(struct hd_spawn){ .argv = argv,
						.in = theirs[0],
						.out = theirs[1],
						.err = theirs[2] });
	for (int i = 0; i < 3; i++) {
		shut(&theirs[i]);
		if (problem != 0)
			shut(&c->fd[i]);
	}
	if (problem != 0)
		return hd_err_set(err, HD_ELOCAL, "cannot start /bin/sh: %s",
		    strerror(problem));
	return 0;
}

static int
feed(struct child *c, struct hd_flow *f, struct hd_err *err)
{
	const char *p = NULL;
	size_t n;
	ssize_t done;

	if (hd_flow_waits(f)) {
		shut(&c->fd[0]); /* the child closed its end */
		return 0;
	}
	if (hd_flow_next(f, &p, &n, err) < 0)
		return -1;
	if (n == 0) {
		shut(&c->fd[0]);
		return 0;
	}
	done = send(c->fd[0], p, n, MSG_NOSIGNAL);
	if (done > 0)
		hd_flow_fed(f, (size_t)done);
	else if (errno != EAGAIN && errno != EINTR)
		shut(&c->fd[0]); /* the child closed its stdin: not an error */
	return 0;
}

static int
drain(struct child *c, int stream, struct hd_flow *f, struct hd_err *err)
{
	char piece[16 * 1024];
	ssize_t n = read(c->fd[stream], piece, sizeof(piece));

	if (n > 0)
		return hd_flow_out(
		    f, (enum hd_stream)stream, piece, (size_t)n, err);
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		shut(&c->fd[stream]);
	return 0;
}

static int
overdue(struct hd_flow *f, struct hd_err *err)
{
	char limit[HD_LIMIT_TEXT];

	if (hd_cancel_reached(f->stage))
		return hd_err_set(err, HD_ECANCELED, "interrupted");
	if (hd_clock_left(f->end) > 0)
		return 0;
	hd_clock_limit(limit, f->limit_ms);
	return hd_err_set(err, HD_ETIMEOUT, "%s %s",
	    f->stall ? "no progress for" : "the script did not end within",
	    limit);
}

static int
follow(struct child *c, struct hd_flow *f, struct hd_err *err)
{
	while ((c->fd[0] >= 0 || c->fd[1] >= 0 || c->fd[2] >= 0) &&
	       !hd_flow_complete(f)) {
		struct pollfd p[3] = { { c->fd[0],
					   hd_flow_waits(f) ? 0 : POLLOUT, 0 },
			{ c->fd[1], POLLIN, 0 }, { c->fd[2], POLLIN, 0 } };
		int left = hd_clock_left(hd_flow_wait(f));

		if (overdue(f, err) < 0)
			return -1;
		if (poll(p, 3, left < SLICE_MS ? left : SLICE_MS) <= 0)
			continue;
		if (p[0].revents != 0 && feed(c, f, err) < 0)
			return -1;
		for (int i = 1; i < 3; i++)
			if (p[i].revents != 0 && drain(c, i, f, err) < 0)
				return -1;
	}
	return 0;
}

/* Waits until end; true once the child has exited, which it usually does just
 * after closing its output. */
static bool
reap(struct child *c, int64_t end, int *status)
{
	unsigned nap = 1;
	int how;

	while (waitpid(c->pid, &how, WNOHANG) == 0) {
		if (hd_clock_left(end) == 0)
			return false;
		poll(NULL, 0, (int)nap);
		nap = nap < 32 ? nap * 2 : nap;
	}
	*status = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
	return true;
}

int
local_run(
    struct hd_transport *t, struct hd_flow *f, int *status, struct hd_err *err)
{
	struct child c = { .fd = { -1, -1, -1 } };
	int rc;

	(void)t;
	if (start(&c, f->command, err) < 0)
		return -1;
	rc = follow(&c, f, err);
	while (rc == 0 && !reap(&c, hd_clock_ms() + SLICE_MS, status))
		rc = overdue(f, err);
	for (int i = 0; i < 3; i++)
		shut(&c.fd[i]);
	if (rc == 0)
		return 0;
	/* A child of sudo might not be ours to kill: bound the wait. */
	kill(-c.pid, SIGKILL);
	(void)reap(&c, hd_clock_ms() + REAP_MS, status);
	return -1;
}
