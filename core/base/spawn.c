#define _GNU_SOURCE /* environ, pipe2 */
#include "core/base/spawn.h"

#include "core/base/alloc.h"
#include "core/base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_MS = 100, ENDED_POLL_MS = 5 };

/* Resets signals to the defaults that a program started from a shell has. */
static void
set_attributes(posix_spawnattr_t *attr, bool detached)
{
	static const int usual[] = { SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE,
		SIGCHLD };
	sigset_t set;

	posix_spawnattr_setflags(attr,
	    (short)(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
		    (detached ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP)));
	posix_spawnattr_setpgroup(attr, 0); /* a session has one, too */
	sigemptyset(&set);
	posix_spawnattr_setsigmask(attr, &set);
	for (size_t i = 0; i < HD_COUNT(usual); i++)
		sigaddset(&set, usual[i]);
	posix_spawnattr_setsigdefault(attr, &set);
}

static int
add_file(posix_spawn_file_actions_t *files, int fd, int as)
{
	if (fd >= 0)
		return posix_spawn_file_actions_adddup2(files, fd, as);
	return posix_spawn_file_actions_addopen(
	    files, as, "/dev/null", as == 0 ? O_RDONLY : O_WRONLY, 0);
}

int
hd_spawn(pid_t *pid, const struct hd_spawn *how)
{
	HD_AUTO_ARENA arena = { 0 };
	HD_LIST(char *) argv = { 0 };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int status;

	for (size_t i = 0; how->argv[i] != NULL; i++)
		*HD_PUSH(&arena, &argv) = hd_arena_strdup(&arena, how->argv[i]);
	*HD_PUSH(&arena, &argv) = NULL;
	if (posix_spawn_file_actions_init(&files) != 0 ||
	    posix_spawnattr_init(&attr) != 0 ||
	    add_file(&files, how->in, 0) != 0 ||
	    add_file(&files, how->out, 1) != 0 ||
	    add_file(&files, how->err, 2) != 0)
		hd_alloc_failed();
	set_attributes(&attr, how->detached);
	status = posix_spawnp(pid, argv.v[0], &files, &attr, argv.v,
	    how->envp != NULL ? how->envp : environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return status;
}

/* A running program and its output. */
struct capture {
	pid_t pid;
	int fds[2]; /* -1: at end of file */
	struct hd_str *texts[2];
	bool ended;
	int status; /* of waitpid() */
};

static void
drain(struct capture *c, int i)
{
	char chunk[4096];
	ssize_t n = read(c->fds[i], chunk, sizeof(chunk));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0)
		hd_str_addn(c->texts[i], chunk, (size_t)n);
	else
		hd_closep(&c->fds[i]), c->fds[i] = -1;
}

/* Waits briefly for output or for the end. */
static void
turn(struct capture *c)
{
	struct pollfd p[2] = { { .fd = c->fds[0], .events = POLLIN },
		{ .fd = c->fds[1], .events = POLLIN } };
	bool closed = c->fds[0] < 0 && c->fds[1] < 0;

	if (poll(p, 2, closed ? ENDED_POLL_MS : POLL_MS) > 0)
		for (int i = 0; i < 2; i++)
			if (p[i].revents != 0)
				drain(c, i);
	if (!c->ended)
		c->ended = waitpid(c->pid, &c->status, WNOHANG) == c->pid;
}

/* Waits until the program has ended, and reads its output. Ignores later output
 * of a process that it left behind. */
static bool
finish(struct capture *c, const struct hd_until *until, const atomic_llong *end)
{
	while (!c->ended) {
		if (hd_clock_left(end != NULL ? *end : until->end) == 0 ||
		    hd_cancel_reached(until->stage))
			return false;
		turn(c);
	}
	for (int i = 0; i < 2; i++) {
		struct pollfd p = { .fd = c->fds[i], .events = POLLIN };

		while (c->fds[i] >= 0 && poll(&p, 1, 0) > 0) {
			drain(c, i);
			p.fd = c->fds[i];
		}
	}
	return true;
}

static int
give_up(struct capture *c, const char *name, const struct hd_until *until,
    struct hd_err *err)
{
	char limit[HD_LIMIT_TEXT];

	kill(-c->pid, SIGKILL);
	while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
		;
	if (hd_cancel_reached(until->stage))
		return hd_err_set(err, HD_ECANCELED, "%s: interrupted", name);
	hd_clock_limit(limit, until->ms);
	return hd_err_set(err, HD_ETIMEOUT,
	    "%s did not finish within %s and was killed", name, limit);
}

static int
start(
    struct capture *c, const char *const *argv, int *status, struct hd_err *err)
{
	int out[2] = { -1, -1 }, errors[2] = { -1, -1 };
	struct hd_spawn how = { .argv = argv, .in = -1, .detached = true };
	int problem;

	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(errors, O_CLOEXEC) < 0) {
		problem = errno;
		hd_closep(&out[0]);
		hd_closep(&out[1]);
		return hd_err_set(err, HD_ELOCAL, "cannot make a pipe: %s",
		    strerror(problem));
	}
	how.out = out[1];
	how.err = errors[1];
	problem = hd_spawn(&c->pid, &how);
	hd_closep(&out[1]);
	hd_closep(&errors[1]);
	c->fds[0] = out[0];
	c->fds[1] = errors[0];
	*status = problem == ENOENT ? HD_SPAWN_MISSING : 0;
	c->ended = problem != 0;
	if (problem == 0 || problem == ENOENT)
		return 0;
	return hd_err_set(
	    err, HD_ELOCAL, "cannot start %s: %s", argv[0], strerror(problem));
}

int
hd_capture_until(const char *const *argv, const struct hd_until *until,
    const atomic_llong *end, struct hd_str *out, struct hd_str *errors,
    int *status, struct hd_err *err)
{
	struct capture c = { .fds = { -1, -1 }, .texts = { out, errors } };
	int rc = start(&c, argv, status, err);

	if (rc == 0 && *status == 0 && !finish(&c, until, end))
		rc = give_up(&c, argv[0], until, err);
	hd_closep(&c.fds[0]);
	hd_closep(&c.fds[1]);
	if (rc == 0 && *status == 0)
		*status = WIFEXITED(c.status) ? WEXITSTATUS(c.status)
					      : 128 + WTERMSIG(c.status);
	return rc;
}

int
hd_capture(const char *const *argv, const struct hd_until *until,
    struct hd_str *out, struct hd_str *errors, int *status, struct hd_err *err)
{
	return hd_capture_until(argv, until, NULL, out, errors, status, err);
}
