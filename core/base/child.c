#define _GNU_SOURCE /* environ, explicit_bzero, pipe2 */
#include "core/base/child.h"

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/base/last.h"
#include "core/base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_MS = 100, GRACE_MS = 5000, AFTER_KILL_MS = 1000 };

struct stream {
	int fd;
	bool open; /* not at end of file */
};

struct child {
	const struct hd_child *how;
	pid_t pid;            /* and process group */
	struct stream out;    /* stdout, and stderr unless it is a secret */
	struct stream errors; /* stderr, if stdout is a secret */
	struct stream in;     /* stdin, while there is input to write */
	const char *input;    /* the rest of it */
	bool ended;
	int status;          /* of waitpid() */
	struct hd_last last; /* line that an error may quote */
	int64_t end;         /* of its timeout, as hd_clock_ms() counts */
};

static bool
is_variable(const char *entry, const char *name)
{
	size_t n = strlen(name);

	return strncmp(entry, name, n) == 0 && entry[n] == '=';
}

/* This process's environment with the variables in how->set. */
static char **
environment(struct hd_arena *arena, const struct hd_child *how)
{
	HD_LIST(char *) list = { 0 };

	for (char **e = environ; *e != NULL; e++) {
		bool old = false;

		for (size_t i = 0; i < how->nset; i++)
			old = old || is_variable(*e, how->set[i].name);
		if (!old)
			*HD_PUSH(arena, &list) = *e;
	}
	for (size_t i = 0; i < how->nset; i++)
		if (how->set[i].value != NULL)
			*HD_PUSH(arena, &list) = hd_arena_fmt(arena, "%s=%s",
			    how->set[i].name, how->set[i].value);
	*HD_PUSH(arena, &list) = NULL;
	return list.v;
}

/* Makes a pipe with s at end `mine`, 0 to read or 1 to write; -1 with errno
 * set. */
static int
make_pipe(struct stream *s, int mine, int *other)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	s->fd = ends[mine];
	s->open = fcntl(s->fd, F_SETFL, O_NONBLOCK) == 0;
	*other = ends[!mine];
	return 0;
}

static int
start(struct child *c, struct hd_err *err)
{
	const char *argv[] = { "/bin/sh", "-c", c->how->command, NULL };
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_FD in = -1, out = -1, errors = -1;
	struct hd_spawn how = { .argv = argv };
	int status;

	if (make_pipe(&c->out, 0, &out) < 0 ||
	    (c->how->secret && make_pipe(&c->errors, 0, &errors) < 0) ||
	    (c->input != NULL && make_pipe(&c->in, 1, &in) < 0))
		return hd_err_set(
		    err, HD_ELOCAL, "cannot make a pipe: %s", strerror(errno));
	how.envp = environment(&arena, c->how);
	how.in = in;
	how.out = out;
	how.err = c->how->secret ? errors : out;
	status = hd_spawn(&c->pid, &how);
	if (status != 0)
		return hd_err_set(err, HD_ELOCAL, "cannot start /bin/sh: %s",
		    strerror(status));
	return 0;
}

static bool
interrupted(const struct child *c)
{
	return hd_cancel_reached(c->how->ends);
}

/* Whether it must end now. */
static bool
over(const struct child *c)
{
	return interrupted(c) || (c->how->enough != NULL && *c->how->enough) ||
	       (c->how->timeout_ms > 0 && hd_clock_left(c->end) == 0);
}

static void
take(struct child *c, const struct stream *s, const char *chunk, size_t n)
{
	bool out = s == &c->out;

	if (!out || !c->how->secret)
		hd_last_add(&c->last, chunk, n);
	if (out)
		c->how->out(c->how->ctx, chunk, n);
}

/* Reads all pending output. */
static void
drain(struct child *c, struct stream *s)
{
	char chunk[8192];
	ssize_t n;

	while (s->open && (n = read(s->fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n < 0)
			break;
		take(c, s, chunk, (size_t)n);
		if (c->how->secret)
			explicit_bzero(chunk, sizeof(chunk));
		if (over(c))
			return;
	}
	s->open = false;
}

/* Writes as much of the input as the command takes. It sees the end of its
 * stdin when all is written. */
static void
feed(struct child *c)
{
	if (c->in.fd < 0)
		return;
	while (c->in.open && *c->input != '\0') {
		ssize_t n = write(c->in.fd, c->input, strlen(c->input));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n < 0)
			break; /* the command does not read it */
		c->input += n;
	}
	c->in.open = false;
	close(hd_steal_fd(&c->in.fd));
}

static int
fd_of(const struct stream *s)
{
	return s->open ? s->fd : -1; /* poll() ignores -1 */
}

/* Waits briefly for output, for room for input or for the end; then reads and
 * writes. */
static void
turn(struct child *c)
{
	struct pollfd p[] = {
		{ .fd = fd_of(&c->out), .events = POLLIN },
		{ .fd = fd_of(&c->errors), .events = POLLIN },
		{ .fd = fd_of(&c->in), .events = POLLOUT },
	};

	poll(p, HD_COUNT(p), POLL_MS);
	if (!c->ended)
		c->ended = waitpid(c->pid, &c->status, WNOHANG) == c->pid;
	drain(c, &c->out);
	drain(c, &c->errors);
	feed(c);
}

static bool
is_open(const struct child *c)
{
	return c->out.open || c->errors.open;
}

/*
 * Waits until the group has no processes, at most ms or until this stage of an
 * interruption. End of file on the output counts, too: in a container whose
 * init does not reap orphans, zombies stay in the group for ever.
 */
static void
wait_for_group(struct child *c, int ms, enum hd_cancel stage)
{
	int64_t deadline = hd_clock_ms() + ms;

	while (hd_clock_left(deadline) > 0 && !hd_cancel_reached(stage) &&
	       (!c->ended || (is_open(c) && kill(-c->pid, 0) == 0))) {
		struct pollfd none = { .fd = -1 };

		poll(&none, 1, POLL_MS);
		if (!c->ended)
			c->ended =
			    waitpid(c->pid, &c->status, WNOHANG) == c->pid;
		drain(c, &c->out);
		drain(c, &c->errors);
	}
}

static int
stop(struct child *c, struct hd_err *err)
{
	kill(-c->pid, SIGTERM);
	wait_for_group(c, GRACE_MS, HD_CANCEL_NOW);
	kill(-c->pid, SIGKILL);
	wait_for_group(c, AFTER_KILL_MS, HD_CANCEL_NEVER);
	if (interrupted(c))
		return hd_err_set(err, HD_ECANCELED, "interrupted");
	return hd_err_set(err, HD_ELOCAL,
	    "did not finish in %u s and was killed (command: %s)",
	    (c->how->timeout_ms + 999) / 1000, c->how->command);
}

static int
report(struct child *c, struct hd_err *err)
{
	const char *command = c->how->command, *line = hd_last_line(&c->last);

	if (WIFSIGNALED(c->status))
		return hd_err_set(err, HD_ELOCAL,
		    "killed by signal %d, %s (command: %s)",
		    WTERMSIG(c->status), strsignal(WTERMSIG(c->status)),
		    command);
	if (WEXITSTATUS(c->status) != 0)
		return hd_err_set(err, HD_ELOCAL,
		    "failed with status %d%s%s (command: %s)",
		    WEXITSTATUS(c->status),
		    line[0] != '\0' ? ": " : ", without any output", line,
		    command);
	return 0;
}

int
hd_child_run(const struct hd_child *how, struct hd_err *err)
{
	struct child c = {
		.how = how,
		.out.fd = -1,
		.errors.fd = -1,
		.in.fd = -1,
		.input = how->input,
		.end = hd_clock_ms() + how->timeout_ms,
	};
	int status = start(&c, err);

	/* Not until end of file: processes that the command leaves behind may
	 * keep the output open. */
	while (status == 0 && !c.ended && !over(&c))
		turn(&c);
	if (status == 0)
		status = c.ended && !interrupted(&c) ? report(&c, err)
						     : stop(&c, err);
	hd_closep(&c.in.fd);
	hd_closep(&c.out.fd);
	hd_closep(&c.errors.fd);
	return status;
}
