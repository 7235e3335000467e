#include "tests/support/sh_transport.h"

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/base/str.h"
#include "tests/support/files.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct sh_host {
	struct hd_transport base;
	char folder[64];   /* first in PATH; holds a link `sh` to the shell */
	const char *tools; /* a folder of tools; NULL: those of the system */
	size_t length; /* of PATH at first; what a test adds precedes tools */
};

/* Links to busybox, as on a host that has no other tools. Made once. */
static char applets[64];
static pid_t applets_owner;

static void
remove_applets(void)
{
	if (getpid() == applets_owner)
		files_remove(applets);
}

static const char *
busybox_tools(void)
{
	char command[128];

	if (applets[0] == '\0') {
		files_folder(applets);
		applets_owner = getpid();
		atexit(remove_applets);
		snprintf(command, sizeof(command), "busybox --install -s %s",
		    applets);
		if (system(command) != 0)
			abort();
	}
	return applets;
}

/* In the child; never returns. The shell gets copies of its output, as from a
 * csh that is the login shell, and nothing else that is open here: as from
 * sshd. mksh reacts to what is open at 10. */
static void
become_shell(const struct sh_host *h, int in, int out, int err)
{
	char link[80], path[4096];
	const char *now = getenv("PATH");
	size_t added = strlen(now) > h->length ? strlen(now) - h->length : 0;

	dup2(in, 0);
	dup2(out, 1);
	dup2(err, 2);
	for (int copy = 3; copy <= 9; copy++)
		dup2(copy % 2 ? 1 : 2, copy);
	for (int ours = 10; ours < 1024; ours++)
		close(ours);
	snprintf(path, sizeof(path), "%s:%.*s%s%s%s", h->folder, (int)added,
	    now, h->tools != NULL ? h->tools : "", h->tools != NULL ? ":" : "",
	    now + added);
	setenv("PATH", path, 1);
	snprintf(link, sizeof(link), "%s/sh", h->folder);
	setpgid(0, 0);
	execl(link, "sh", "-s", (char *)NULL);
	_exit(127);
}

/* Passes available output on; false at the end of both streams. */
static bool
drain(int fds[2], const struct hd_exec *x, int wait_ms)
{
	struct pollfd p[2] = {
		{ .fd = fds[0], .events = POLLIN },
		{ .fd = fds[1], .events = POLLIN },
	};
	char buf[4096];

	if (poll(p, 2, wait_ms) < 0)
		return errno == EINTR;
	for (int i = 0; i < 2; i++) {
		ssize_t n;

		if (p[i].revents == 0)
			continue;
		n = read(fds[i], buf, sizeof(buf));
		if (n <= 0) {
			close(fds[i]);
			fds[i] = -1;
		} else if (x->out != NULL)
			x->out(x->ctx, i == 0 ? HD_STDOUT : HD_STDERR, buf,
			    (size_t)n);
	}
	return fds[0] >= 0 || fds[1] >= 0;
}

static int
follow(pid_t pid, int fds[2], const struct hd_exec *x, int *status,
    struct hd_err *err)
{
	int64_t deadline = hd_clock_ms() + x->deadline_ms;
	int wstatus;

	while (drain(fds, x, 100)) {
		if (hd_clock_left(deadline) > 0)
			continue;
		kill(-pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return hd_err_set(err, HD_ETIMEOUT, "no answer in time");
	}
	waitpid(pid, &wstatus, 0);
	*status = WIFEXITED(wstatus) ? WEXITSTATUS(wstatus) : -1;
	return 0;
}

static int
sh_exec(struct hd_transport *t, const struct hd_exec *x, int *status,
    struct hd_err *err)
{
	struct sh_host *h = (struct sh_host *)t;
	HD_AUTO_FD in = -1;
	int out[2], errors[2], fds[2], rc;
	pid_t pid;

	if (hd_fs_temp(&in, x->script, x->len, err) < 0)
		return -1;
	if (pipe(out) < 0 || pipe(errors) < 0)
		return hd_err_set(err, HD_ELOCAL, "pipe: %s", strerror(errno));
	for (int i = 0; i < 2; i++) {
		fcntl(out[i], F_SETFD, FD_CLOEXEC);
		fcntl(errors[i], F_SETFD, FD_CLOEXEC);
	}
	pid = fork();
	if (pid == 0)
		become_shell(h, in, out[1], errors[1]);
	close(out[1]);
	close(errors[1]);
	fds[0] = out[0];
	fds[1] = errors[0];
	rc = pid < 0 ? hd_err_set(err, HD_ELOCAL, "fork: %s", strerror(errno))
		     : follow(pid, fds, x, status, err);
	hd_closep(&fds[0]);
	hd_closep(&fds[1]);
	return rc;
}

static int
no_upload(struct hd_transport *t, const struct hd_upload *u, struct hd_err *err)
{
	(void)t;
	(void)u;
	return hd_err_set(err, HD_ELOCAL, "not in this transport");
}

static int
no_read(struct hd_transport *t, const struct hd_read *r, struct hd_err *err)
{
	(void)t;
	(void)r;
	return hd_err_set(err, HD_ELOCAL, "not in this transport");
}

static int
no_tunnel(struct hd_transport *t, const struct hd_tunnel *x, struct hd_err *err)
{
	(void)t;
	(void)x;
	return hd_err_set(err, HD_ELOCAL, "not in this transport");
}

static void
sleep_path(const struct sh_host *h, char path[static 80])
{
	snprintf(path, 80, "%s/sleep", h->folder);
}

void
hd_sh_sleep(struct hd_transport *t, const char *lines)
{
	char path[80];
	FILE *f;

	sleep_path((struct sh_host *)t, path);
	f = fopen(path, "w");
	if (f == NULL || fprintf(f, "#!/bin/sh\n%s\n", lines) < 0 ||
	    fclose(f) != 0 || chmod(path, 0755) < 0)
		abort();
}

void
hd_sh_hurry(struct hd_transport *t)
{
	hd_sh_sleep(t, "case $1 in [1-9]) exec /bin/sleep \"0.$1\" ;; esac\n"
		       "exec /bin/sleep \"$1\"");
}

static void
sh_close(struct hd_transport *t)
{
	struct sh_host *h = (struct sh_host *)t;
	char path[80];

	snprintf(path, sizeof(path), "%s/sh", h->folder);
	unlink(path);
	sleep_path(h, path);
	unlink(path);
	rmdir(h->folder);
	free(h);
}

static const struct hd_transport_ops sh_ops = {
	.exec = sh_exec,
	.upload = no_upload,
	.read = no_read,
	.tunnel = no_tunnel,
	.close = sh_close,
};

int
hd_sh_open(struct hd_transport **out, const char *shell, struct hd_err *err)
{
	struct sh_host *h = hd_alloc(sizeof(*h));
	char path[80], target[64];

	h->base.ops = &sh_ops;
	h->length = strlen(getenv("PATH"));
	files_folder(h->folder);
	if (strcmp(shell, "busybox") == 0)
		h->tools = busybox_tools();
	*out = &h->base;
	snprintf(path, sizeof(path), "%s/sh", h->folder);
	snprintf(target, sizeof(target), "/bin/%s", shell);
	if (symlink(target, path) < 0)
		return hd_err_set(err, HD_ELOCAL, "%s", path);
	return 0;
}
