#define _GNU_SOURCE /* pipe2 */
#include "transport/ssh_proxy.h"

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/base/spawn.h"
#include "transport/quote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* SAID: bytes kept from the end of a program's stderr. LAST_WORDS_MS: how long
 * the program may take to end after its connection was lost. */
enum { SAID = 1024, QUOTED = 400, REASON = 640 };
enum { LAST_WORDS_MS = 1000, END_MS = 500, NAP_MS = 10 };

struct ssh_proxy {
	struct ssh_proxy *next; /* in ssh_proxies.closed */
	struct ssh_proxies *all;
	const struct ssh_bastion *bastion; /* NULL: a ProxyCommand */
	char *name; /* of the bastion, or of the command */
	char *address;
	unsigned port;
	pid_t pid;
	int errors; /* its stderr; -1: at its end */
	bool ended;
	int status; /* of waitpid() */
	char said[SAID];
	size_t nsaid;
};

void
ssh_proxies_init(struct ssh_proxies *all, const struct ssh_secrets *secrets)
{
	*all = (struct ssh_proxies){ 0 };
	pthread_mutex_init(&all->lock, NULL);
	ssh_bastions_init(&all->bastions, secrets);
}

static bool
has_ended(struct ssh_proxy *p)
{
	if (!p->ended)
		p->ended = waitpid(p->pid, &p->status, WNOHANG) == p->pid;
	return p->ended;
}

static void
release(struct ssh_proxy *p)
{
	hd_closep(&p->errors);
	free(p->address);
	free(p->name);
	free(p);
}

/* With the lock held: releases those that have ended. */
static void
reap(struct ssh_proxies *all)
{
	struct ssh_proxy **at = &all->closed, *p;

	while ((p = *at) != NULL) {
		if (!has_ended(p)) {
			at = &p->next;
			continue;
		}
		*at = p->next;
		release(p);
	}
}

static void
await_end(struct ssh_proxies *all)
{
	int64_t end = hd_clock_ms() + END_MS;

	for (reap(all); all->closed != NULL && hd_clock_left(end) > 0;
	     reap(all))
		(void)poll(NULL, 0, NAP_MS);
}

void
ssh_proxies_done(struct ssh_proxies *all)
{
	await_end(all);
	for (struct ssh_proxy *p = all->closed; p != NULL; p = p->next)
		kill(-p->pid, SIGKILL);
	await_end(all);
	ssh_bastions_done(&all->bastions);
	pthread_mutex_destroy(&all->lock);
}

/* Keeps the end of a long text. */
static void
keep(struct ssh_proxy *p, const char *text, size_t n)
{
	size_t over;

	if (n > sizeof(p->said)) {
		text += n - sizeof(p->said);
		n = sizeof(p->said);
	}
	over =
	    p->nsaid + n > sizeof(p->said) ? p->nsaid + n - sizeof(p->said) : 0;
	memmove(p->said, p->said + over, p->nsaid - over);
	memcpy(p->said + p->nsaid - over, text, n);
	p->nsaid += n - over;
}

void
ssh_proxy_listen(struct ssh_proxy *p)
{
	char chunk[4096];
	ssize_t n;

	if (p == NULL)
		return;
	/* bounded, because a program may never stop writing */
	for (int i = 0; p->errors >= 0 && i < 16; i++) {
		n = read(p->errors, chunk, sizeof(chunk));
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n > 0) {
			keep(p, chunk, (size_t)n);
			continue;
		}
		hd_closep(&p->errors);
		p->errors = -1;
	}
}

static int
spawn(struct ssh_proxy *p, const char *const *argv, int socket,
    struct hd_err *err)
{
	struct hd_spawn how = {
		.argv = argv, .in = socket, .out = socket, .detached = true
	};
	int ends[2], problem;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return hd_err_set(
		    err, HD_ELOCAL, "cannot make a pipe: %s", strerror(errno));
	how.err = ends[1];
	problem = hd_spawn(&p->pid, &how);
	hd_closep(&ends[1]);
	p->errors = ends[0];
	(void)fcntl(p->errors, F_SETFL, O_NONBLOCK);
	if (problem == 0)
		return 0;
	p->ended = true;
	return hd_err_set(
	    err, HD_ELOCAL, "cannot start %s: %s", argv[0], strerror(problem));
}

static int
start(struct ssh_proxy *p, int *fd, const struct hd_ssh_opts *o,
    struct hd_err *err)
{
	HD_AUTO_ARENA a = { 0 };
	const char *shell[] = { "/bin/sh", "-c",
		hd_arena_fmt(&a, "exec %s",
		    o->net.proxy_command != NULL ? o->net.proxy_command : ""),
		NULL };
	const char *const *argv = shell;
	int ends[2], rc;

	if (p->bastion != NULL)
		argv = ssh_bastion_words(
		    &p->all->bastions, p->bastion, p->address, p->port, &a)
			   .v;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return hd_err_set(err, HD_ELOCAL,
		    "cannot make a pair of sockets: %s", strerror(errno));
	rc = spawn(p, argv, ends[1], err);
	hd_closep(&ends[1]);
	*fd = ends[0];
	if (fcntl(*fd, F_SETFL, O_NONBLOCK) == 0 && rc == 0)
		return 0;
	hd_closep(fd);
	*fd = -1;
	return rc < 0
		   ? -1
		   : hd_err_set(err, HD_ELOCAL, "fcntl: %s", strerror(errno));
}

static char *
name_of(const struct hd_ssh_net *net)
{
	HD_AUTO_ARENA a = { 0 };

	if (net->proxy_jump == NULL)
		return hd_strdup("the ProxyCommand");
	return hd_strdup(hd_arena_fmt(&a, "the bastion %s", net->proxy_jump));
}

const char *
ssh_proxy_name(const struct ssh_proxy *p)
{
	return p->name;
}

int
ssh_proxy_open(struct ssh_proxies *all, struct ssh_proxy **out, int *fd,
    const struct hd_ssh_opts *o, enum hd_cancel stage, struct hd_err *err)
{
	struct ssh_proxy *p = hd_alloc(sizeof(*p));
	int rc = 0;

	p->all = all;
	p->errors = -1;
	p->address = hd_strdup(o->address);
	p->name = name_of(&o->net);
	p->port = o->port;
	p->ended = true; /* no process yet */
	if (o->net.proxy_jump != NULL) {
		p->bastion =
		    ssh_bastion_reach(&all->bastions, &o->net, stage, err);
		rc = p->bastion != NULL ? 0 : -1;
	}
	if (rc == 0) {
		p->ended = false;
		rc = start(p, fd, o, err);
	}
	if (rc == 0) {
		*out = p;
		return 0;
	}
	release(p);
	return hd_err_prefix(err, "%s port %u", o->address, o->port);
}

static void
await_last_words(struct ssh_proxy *p)
{
	int64_t end = hd_clock_ms() + LAST_WORDS_MS;

	while (!(has_ended(p) && p->errors < 0) && hd_clock_left(end) > 0) {
		struct pollfd f = { .fd = p->errors, .events = POLLIN };

		(void)poll(&f, 1, NAP_MS);
		ssh_proxy_listen(p);
		if (p->ended && p->errors >= 0)
			break; /* a process left behind keeps stderr open */
	}
	ssh_proxy_listen(p);
}

/* A refused login must not be retried. */
static enum hd_code
code_of(const char *said)
{
	if (strstr(said, "Host key verification failed") != NULL)
		return HD_EHOSTKEY;
	return strstr(said, "Permission denied (") != NULL ? HD_EAUTH
							   : HD_ECONNECT;
}

bool
ssh_proxy_explain(struct ssh_proxy *p, struct hd_err *err)
{
	char said[QUOTED] = "", reason[REASON] = "";

	if (p == NULL || err->code == HD_ECANCELED)
		return false;
	await_last_words(p);
	hd_quote_lines(said, sizeof(said), p->said, p->nsaid, NULL);
	if (p->bastion != NULL)
		ssh_bastion_reason(&p->all->bastions, p->bastion, p->address,
		    p->port, reason, sizeof(reason));
	else if (p->ended)
		snprintf(reason, sizeof(reason),
		    "the ProxyCommand ended with status %d%s%s",
		    WIFEXITED(p->status) ? WEXITSTATUS(p->status)
					 : 128 + WTERMSIG(p->status),
		    said[0] != '\0' ? ": " : "", said);
	else if (said[0] != '\0')
		snprintf(
		    reason, sizeof(reason), "the ProxyCommand said: %s", said);
	if (reason[0] == '\0' && p->bastion != NULL && said[0] != '\0')
		snprintf(reason, sizeof(reason),
		    "the ssh to the bastion said: %s", said);
	if (reason[0] == '\0')
		return false;
	(void)hd_err_set(err, code_of(said), "%s", reason);
	return true;
}

void
ssh_proxy_close(struct ssh_proxy *p)
{
	struct ssh_proxies *all;

	if (p == NULL)
		return;
	all = p->all;
	if (!has_ended(p))
		kill(-p->pid, SIGHUP); /* as ssh does */
	pthread_mutex_lock(&all->lock);
	p->next = all->closed;
	all->closed = p;
	reap(all);
	pthread_mutex_unlock(&all->lock);
}
