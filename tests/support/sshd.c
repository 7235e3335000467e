#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "tests/support/cmocka_all.h"
#include "tests/support/sshd.h"
#include "tests/support/files.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SESSIONS_MAX = 1024 };

/* Shared memory: the accepting process writes, the test reads. */
struct sshd_sessions {
	atomic_int n;
	pid_t pid[SESSIONS_MAX]; /* also process groups */
};

static const char *
program(void)
{
	static const char *const places[] = { "/usr/sbin/sshd",
		"/usr/local/sbin/sshd", "/sbin/sshd", "/usr/bin/sshd" };

	for (size_t i = 0; i < HD_COUNT(places); i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

const char *
sshd_path(struct sshd *d, const char *name)
{
	return hd_arena_fmt(&d->arena, "%s/%s", d->dir, name);
}

static void
become_session(struct sshd *d, int fd)
{
	const char *argv[] = { program(), "-i", "-f", sshd_path(d, "config"),
		"-E", sshd_path(d, "log"), NULL };
	const char *other = sshd_path(d, "server");

	setsid();
	signal(SIGCHLD, SIG_DFL);
	dup2(fd, 0);
	dup2(fd, 1);
	if (access(other, X_OK) == 0)
		execl(other, other, (char *)NULL);
	else
		execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static void
accept_for_ever(struct sshd *d, int listener)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };

	for (;;) {
		int fd = -1;
		pid_t pid;

		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (poll(&p, 1, 200) > 0)
			fd = accept(listener, NULL, NULL);
		if (fd < 0)
			continue;
		pid = fork();
		if (pid == 0)
			become_session(d, fd);
		close(fd);
		d->sessions->pid[d->sessions->n % SESSIONS_MAX] = pid;
		atomic_fetch_add(&d->sessions->n, 1);
	}
}

static int
listen_on(const char *address, unsigned *port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	bool is_six = strchr(address, ':') != NULL;
	struct sockaddr *a = is_six ? (void *)&six : (void *)&four;
	socklen_t n = is_six ? sizeof(six) : sizeof(four);
	int fd = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(a->sa_family, address,
	    is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr);
	if (fd < 0 || bind(fd, a, n) < 0) {
		close(fd);
		return -1;
	}
	assert_int_equal(listen(fd, 128), 0);
	getsockname(fd, a, &n);
	*port = ntohs(is_six ? six.sin6_port : four.sin_port);
	return fd;
}

static void
run_listener(struct sshd *d, int fd)
{
	d->sessions = mmap(NULL, sizeof(*d->sessions), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(d->sessions != MAP_FAILED);
	d->pid = fork();
	assert_true(d->pid >= 0);
	if (d->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		accept_for_ever(d, fd);
	}
	close(fd);
}

struct sshd *
sshd_start(const char *address)
{
	static const char *const plain[] = { "-t", "ed25519", NULL };
	struct passwd *pw = getpwuid(geteuid());
	struct sshd *d;
	struct hd_err err = { 0 };
	unsigned port = 0;
	int fd;

	if (program() == NULL || pw == NULL ||
	    (fd = listen_on(address, &port)) < 0)
		return NULL;
	if (geteuid() == 0)
		(void)mkdir("/run/sshd", 0755); /* sshd requires it, empty */
	d = hd_alloc(sizeof(*d));
	assert_hd_ok(hd_ssh_client_new(&d->client, &err), &err);
	d->address = address;
	d->port = port;
	files_folder(d->dir);
	snprintf(d->user, sizeof(d->user), "%s", pw->pw_name);
	sshd_key(d, "host", plain);
	sshd_key(d, "id", plain);
	sshd_authorize(d, "id");
	sshd_config(d, "host", "");
	d->known_hosts[0] = sshd_path(d, "known_hosts");
	d->identities[0] = sshd_path(d, "id");
	sshd_know(
	    d, hd_arena_fmt(&d->arena, "%%s %s\n", sshd_public(d, "host")));
	run_listener(d, fd);
	return d;
}

void
sshd_stop(struct sshd *d)
{
	if (d == NULL)
		return;
	kill(d->pid, SIGKILL);
	waitpid(d->pid, NULL, 0);
	for (int i = 0; i < d->sessions->n && i < SESSIONS_MAX; i++)
		kill(-d->sessions->pid[i], SIGKILL);
	munmap(d->sessions, sizeof(*d->sessions));
	files_remove(d->dir);
	hd_ssh_client_free(d->client);
	hd_arena_done(&d->arena);
	free(d);
}

int
sshd_setup(void **state)
{
	*state = sshd_start("127.0.0.1");
	return 0;
}

int
sshd_teardown(void **state)
{
	sshd_stop(*state);
	return 0;
}

int
sshd_reset(void **state)
{
	struct sshd *d = *state;

	if (d == NULL)
		return 0;
	sshd_config(d, "host", "");
	sshd_authorize(d, "id");
	sshd_know(
	    d, hd_arena_fmt(&d->arena, "%%s %s\n", sshd_public(d, "host")));
	return 0;
}

const char *
sshd_key(struct sshd *d, const char *name, const char *const *args)
{
	const char *path = sshd_path(d, name);
	const char *argv[16] = { "ssh-keygen", "-q", "-C", name, "-f", path };
	size_t n = 6;
	bool secret = false;

	for (size_t i = 0; args[i] != NULL; i++) {
		argv[n++] = args[i];
		secret = secret || strcmp(args[i], "-N") == 0;
	}
	if (!secret) {
		argv[n++] = "-N";
		argv[n++] = "";
	}
	files_run(argv);
	return path;
}

const char *
sshd_public(struct sshd *d, const char *name)
{
	char *text =
	    files_text(sshd_path(d, hd_arena_fmt(&d->arena, "%s.pub", name)));
	char *space = strchr(strchr(text, ' ') + 1, ' ');
	const char *key;

	if (space != NULL)
		*space = '\0';
	key = hd_arena_strdup(&d->arena, text);
	free(text);
	return key;
}

void
sshd_authorize(struct sshd *d, const char *name)
{
	files_write(sshd_path(d, "authorized_keys"),
	    hd_arena_fmt(&d->arena, "%s\n", sshd_public(d, name)));
}

void
sshd_config(struct sshd *d, const char *host_keys, const char *lines)
{
	HD_AUTO_STR text = HD_STR_INIT(16384);
	char names[256], *save = NULL;

	snprintf(names, sizeof(names), "%s", host_keys);
	for (char *k = strtok_r(names, " ", &save); k != NULL;
	     k = strtok_r(NULL, " ", &save))
		hd_str_addf(&text, "HostKey %s/%s\n", d->dir, k);
	/* The caller's lines come first, because sshd uses the first value of a
	 * key. SHLVL keeps bash from running .bashrc for every command. */
	hd_str_addf(&text,
	    "%s\nAuthorizedKeysFile %s/authorized_keys\nStrictModes no\n"
	    "UsePAM no\nPasswordAuthentication no\nPidFile none\n"
	    "KbdInteractiveAuthentication no\nPermitRootLogin yes\n"
	    "MaxAuthTries 6\nPrintMotd no\nSetEnv SHLVL=2\n%s\n",
	    lines, d->dir,
	    strstr(lines, "Subsystem") != NULL
		? ""
		: "Subsystem sftp internal-sftp");
	files_write(sshd_path(d, "config"), text.ptr);
}

void
sshd_replace(struct sshd *d, const char *script)
{
	const char *path = sshd_path(d, "server");

	(void)unlink(path);
	if (script == NULL)
		return;
	files_write(path, script);
	assert_int_equal(chmod(path, 0700), 0);
}

void
sshd_know(struct sshd *d, const char *text)
{
	HD_AUTO_STR lines = HD_STR_INIT(65536);
	const char *mark;

	while ((mark = strstr(text, "%s")) != NULL) {
		hd_str_addn(&lines, text, (size_t)(mark - text));
		hd_str_addf(&lines, "[%s]:%u", d->address, d->port);
		text = mark + 2;
	}
	hd_str_add(&lines, text);
	files_write(sshd_path(d, "known_hosts"), lines.ptr);
}

struct hd_ssh_opts
sshd_opts(struct sshd *d)
{
	struct hd_ssh_opts o = HD_SSH_OPTS_INIT;

	o.client = d->client;
	o.address = d->address;
	o.net.connect_ms = 30000; /* for slow and busy machines */
	o.port = d->port;
	o.user = d->user;
	o.trust.user = (struct hd_ssh_files){ d->known_hosts, 1 };
	o.login.identities = d->identities;
	o.login.nidentities = 1;
	o.login.named = true;
	return o;
}

struct hd_transport *
sshd_open(struct sshd *d)
{
	struct hd_ssh_opts o = sshd_opts(d);
	struct hd_transport *t = NULL;
	struct hd_err err = { 0 };

	assert_hd_ok(hd_ssh_open(&t, &o, &err), &err);
	return t;
}

int
sshd_try_shared(const struct hd_ssh_opts *o, struct hd_err *err)
{
	struct hd_transport *t = NULL;
	int rc = hd_ssh_open(&t, o, err);

	if (rc == 0)
		hd_tp_close(t);
	return rc;
}

int
sshd_try(const struct hd_ssh_opts *o, struct hd_err *err)
{
	struct hd_ssh_opts own = *o;
	int rc;

	assert_hd_ok(hd_ssh_client_new(&own.client, err), err);
	rc = sshd_try_shared(&own, err);
	hd_ssh_client_free(own.client);
	return rc;
}

void
sshd_new_run(struct sshd *d)
{
	struct hd_err err = { 0 };

	hd_ssh_client_free(d->client);
	assert_hd_ok(hd_ssh_client_new(&d->client, &err), &err);
}

int
sshd_connections(const struct sshd *d)
{
	return d->sessions->n;
}

void
sshd_signal(struct sshd *d, int number)
{
	int n = d->sessions->n;

	assert_true(n > 0);
	assert_int_equal(
	    kill(-d->sessions->pid[(n - 1) % SESSIONS_MAX], number), 0);
}

int
sshd_count(const struct sshd *d)
{
	return d->sessions->n;
}
