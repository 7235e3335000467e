#define _GNU_SOURCE /* environ, pipe2 */
#include "core/artifact/build.h"

#include "core/base/alloc.h"
#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_MS = 100, GRACE_MS = 5000, AFTER_KILL_MS = 1000 };

struct build {
	const struct hd_build *how;
	pid_t pid; /* and process group */
	int fd;    /* its output */
	bool open; /* the output has not ended */
	bool ended;
	int status; /* of waitpid() */
};

static bool
is_variable(const char *entry, const char *name)
{
	size_t n = strlen(name);

	return strncmp(entry, name, n) == 0 && entry[n] == '=';
}

/* The build gets this process's environment, with ours set anew. */
static char **
environment(struct hd_arena *arena, const struct hd_build *build)
{
	const struct hd_pair ours[] = {
		{ "HDEPLOY_ENV", build->env },
		{ "HDEPLOY_VERSION", build->version },
		{ "HDEPLOY_RUNNING", build->running },
	};
	HD_LIST(char *) list = { 0 };

	for (char **e = environ; *e != NULL; e++) {
		bool old = false;

		for (size_t i = 0; i < HD_COUNT(ours); i++)
			old = old || is_variable(*e, ours[i].name);
		if (!old)
			*HD_PUSH(arena, &list) = *e;
	}
	for (size_t i = 0; i < HD_COUNT(ours); i++)
		if (ours[i].value != NULL)
			*HD_PUSH(arena, &list) = hd_arena_fmt(
			    arena, "%s=%s", ours[i].name, ours[i].value);
	*HD_PUSH(arena, &list) = NULL;
	return list.v;
}

/* Signals as a program started from a shell has them, whatever this one
 * does about them. */
static void
set_attributes(posix_spawnattr_t *attr)
{
	static const int usual[] = { SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE,
		SIGCHLD };
	sigset_t set;

	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP |
					   POSIX_SPAWN_SETSIGDEF |
					   POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setpgroup(attr, 0);
	sigemptyset(&set);
	posix_spawnattr_setsigmask(attr, &set);
	for (size_t i = 0; i < HD_COUNT(usual); i++)
		sigaddset(&set, usual[i]);
	posix_spawnattr_setsigdefault(attr, &set);
}

static int
spawn(pid_t *pid, const char *command, char **envp, int output)
{
	HD_AUTO_ARENA arena = { 0 };
	char *argv[] = { hd_arena_strdup(&arena, "sh"),
		hd_arena_strdup(&arena, "-c"), hd_arena_strdup(&arena, command),
		NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int status;

	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	set_attributes(&attr);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, output, 1);
	posix_spawn_file_actions_adddup2(&files, output, 2);
	status = posix_spawn(pid, "/bin/sh", &files, &attr, argv, envp);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return status;
}

static int
start(struct build *b, struct hd_err *err)
{
	HD_AUTO_ARENA arena = { 0 };
	int ends[2], status;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return hd_err_set(
		    err, HD_ELOCAL, "build: pipe: %s", strerror(errno));
	status = spawn(
	    &b->pid, b->how->command, environment(&arena, b->how), ends[1]);
	close(ends[1]);
	b->fd = ends[0];
	if (status != 0)
		return hd_err_set(err, HD_ELOCAL,
		    "build: cannot start /bin/sh: %s", strerror(status));
	b->open = fcntl(b->fd, F_SETFL, O_NONBLOCK) == 0;
	return 0;
}

/* All output that is there now. */
static void
drain(struct build *b)
{
	char chunk[8192];
	ssize_t n;

	while (b->open && (n = read(b->fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n < 0)
			break;
		b->how->out(b->how->ctx, chunk, (size_t)n);
		if (hd_cancel_requested())
			return;
	}
	b->open = false;
}

/* Waits a moment for output or for the end, and takes what there is. */
static void
turn(struct build *b)
{
	struct pollfd p = { .fd = b->open ? b->fd : -1, .events = POLLIN };

	poll(&p, 1, POLL_MS);
	if (!b->ended)
		b->ended = waitpid(b->pid, &b->status, WNOHANG) == b->pid;
	drain(b);
}

/*
 * Until no process of the group is left, at most for ms. The end of the
 * output says so, too: in a container whose first process does not care for
 * orphans, dead ones stay in the group for ever.
 */
static void
wait_for_group(struct build *b, int ms)
{
	int64_t deadline = hd_clock_ms() + ms;

	while (hd_clock_left(deadline) > 0 &&
	       (!b->ended || (b->open && kill(-b->pid, 0) == 0))) {
		struct pollfd none = { .fd = -1 };

		poll(&none, 1, POLL_MS);
		if (!b->ended)
			b->ended =
			    waitpid(b->pid, &b->status, WNOHANG) == b->pid;
		drain(b);
	}
}

static int
stop(struct build *b, struct hd_err *err)
{
	kill(-b->pid, SIGTERM);
	wait_for_group(b, GRACE_MS);
	kill(-b->pid, SIGKILL);
	wait_for_group(b, AFTER_KILL_MS);
	return hd_err_set(err, HD_ECANCELED, "build: interrupted");
}

static int
report(const struct build *b, struct hd_err *err)
{
	const char *command = b->how->command;

	if (WIFSIGNALED(b->status))
		return hd_err_set(err, HD_ELOCAL,
		    "build: ended by signal %d (%s): %s", WTERMSIG(b->status),
		    strsignal(WTERMSIG(b->status)), command);
	if (WEXITSTATUS(b->status) != 0)
		return hd_err_set(err, HD_ELOCAL,
		    "build: failed with status %d, see its output: %s",
		    WEXITSTATUS(b->status), command);
	return 0;
}

int
hd_build_run(const struct hd_build *build, struct hd_err *err)
{
	struct build b = { .how = build, .fd = -1 };
	int status = start(&b, err);

	/* What the build leaves running may keep the output open; its own
	 * end is what counts. */
	while (status == 0 && !b.ended && !hd_cancel_requested())
		turn(&b);
	if (status == 0)
		status =
		    hd_cancel_requested() ? stop(&b, err) : report(&b, err);
	hd_closep(&b.fd);
	return status;
}
