#include "transport/ssh_bastion.h"

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/base/spawn.h"
#include "transport/ssh_askpass.h"
#include "transport/ssh_folder.h"
#include "transport/ssh_jump.h"
#include "transport/ssh_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* HOLD: how long a failed connection is not tried again. */
enum { PATH_BYTES = 128, SAID = 400 };
enum {
	HOLD_MS = 2000,
	FIRST_NAP_MS = 250,
	END_MS = 1000,
	LOG_MAX = 4 * 1024 * 1024
};

enum state { NEW, STARTING, UP, FAILED };

struct ssh_bastion {
	struct ssh_bastion *next;
	struct hd_arena arena;
	struct ssh_jump jump;
	enum state state;
	char path[PATH_BYTES]; /* of the socket; the log has .log */
	struct hd_err err;     /* FAILED */
	int64_t until;         /* FAILED: next attempt; 0: none */
};

void
ssh_bastions_init(struct ssh_bastions *b, const struct ssh_secrets *secrets)
{
	*b = (struct ssh_bastions){ .secrets = secrets };
	pthread_mutex_init(&b->lock, NULL);
	hd_clock_condition(&b->changed);
}

static struct ssh_bastion *
find(struct ssh_bastions *all, const struct hd_ssh_net *net)
{
	const char *config = net->config != NULL ? net->config : "";
	struct ssh_bastion *b;

	for (b = all->list; b != NULL; b = b->next) {
		const char *has = b->jump.config != NULL ? b->jump.config : "";

		if (strcmp(b->jump.all, net->proxy_jump) == 0 &&
		    strcmp(has, config) == 0)
			return b;
	}
	b = hd_alloc(sizeof(*b));
	ssh_jump_init(&b->jump, net->config, net->proxy_jump, &b->arena);
	b->next = all->list;
	all->list = b;
	return b;
}

struct hd_strs
ssh_bastion_words(struct ssh_bastions *all, const struct ssh_bastion *b,
    const char *address, unsigned port, struct hd_arena *a)
{
	const char *path;

	pthread_mutex_lock(&all->lock);
	path = hd_arena_strdup(a, b->path);
	pthread_mutex_unlock(&all->lock);
	return ssh_jump_forward(&b->jump, path, address, port, a);
}

static void
read_log(const char *path, struct hd_str *out)
{
	struct hd_err ignored;
	char name[PATH_BYTES + 8];

	snprintf(name, sizeof(name), "%s.log", path);
	(void)!hd_fs_read(name, out, &ignored);
}

static void
remove_files(const char *path)
{
	char name[PATH_BYTES + 8];

	snprintf(name, sizeof(name), "%s.log", path);
	(void)unlink(name);
	(void)unlink(path);
}

/* asked: whether ssh could ask a person. Else a login by hand can succeed where
 * this one failed. */
static int
report(struct ssh_bastion *b, const char *said, bool asked, struct hd_err *err)
{
	HD_AUTO_ARENA a = { 0 };
	const char *name = b->jump.all;
	bool denied = strstr(said, "Permission denied") != NULL;
	const char *command = ssh_jump_by_hand(&b->jump, denied && !asked, &a);

	if (strstr(said, "HOST IDENTIFICATION HAS CHANGED") != NULL)
		return hd_err_set(err, HD_EHOSTKEY,
		    "THE HOST KEY OF THE BASTION %s HAS CHANGED, ssh says. "
		    "Somebody may be intercepting the connection, or it was "
		    "reinstalled; `%s` shows the fingerprint to compare, and "
		    "the line of known_hosts that differs",
		    name, command);
	if (strstr(said, "Host key verification failed") != NULL)
		return hd_err_set(err, HD_EHOSTKEY,
		    "the bastion %s: %s; its host key must be known to ssh: "
		    "connect once with `%s`",
		    name, said, command);
	if (denied && !asked)
		return hd_err_set(err, HD_EAUTH,
		    "the bastion %s: %s; without a terminal, ssh must be able "
		    "to log in there without a question: `%s` must succeed, "
		    "and ssh-add loads a key that has a passphrase",
		    name, said, command);
	return hd_err_set(err, denied ? HD_EAUTH : HD_ECONNECT,
	    "the bastion %s: %s; try `%s`", name,
	    said[0] != '\0' ? said : "ssh failed and gave no reason", command);
}

static struct hd_strs
start_words(const struct ssh_bastion *b, const struct ssh_askpass *person,
    unsigned connect_ms, struct hd_arena *a)
{
	const char *log = hd_arena_fmt(a, "%s.log", b->path);
	struct hd_strs list = { 0 };
	struct hd_strs ssh = ssh_jump_start(
	    &b->jump, b->path, log, person == NULL, connect_ms, a);

	ssh_askpass_words(person, &list, a);
	for (size_t i = 0; i < ssh.n; i++)
		*HD_PUSH(a, &list) = ssh.v[i];
	return list;
}

static int
attempt(struct ssh_bastion *b, struct ssh_askpass *person, unsigned connect_ms,
    enum hd_cancel stage, struct hd_err *err)
{
	unsigned ms = connect_ms * (b->jump.hops + 1);
	const struct hd_until until = { hd_clock_ms() + ms, ms, stage };
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_STR log = HD_STR_INIT(LOG_MAX);
	HD_AUTO_STR out = HD_STR_INIT(4096);
	HD_AUTO_STR errors = HD_STR_INIT(4096);
	char said[SAID] = "", limit[HD_LIMIT_TEXT];
	int status;

	if (hd_capture_until(start_words(b, person, connect_ms, &a).v, &until,
		ssh_askpass_end(person, ms), &out, &errors, &status, err) < 0) {
		hd_clock_limit(limit, ms);
		if (err->code == HD_ETIMEOUT)
			return hd_err_set(err, HD_ECONNECT,
			    "the bastion %s: ssh did not log in within %s",
			    b->jump.all, limit);
		return hd_err_prefix(err, "the bastion %s", b->jump.all);
	}
	if (status == 0)
		return 0;
	if (status == HD_SPAWN_MISSING)
		return hd_err_set(err, HD_ELOCAL,
		    "the bastion %s needs an ssh client, and no ssh was found",
		    b->jump.all);
	read_log(b->path, &log);
	ssh_log_quote(said, sizeof(said), errors.ptr);
	ssh_log_quote(said, sizeof(said), log.ptr);
	return report(b, said, person != NULL, err);
}

/* Connects, for all hosts behind it, which do not try again themselves. Like a
 * server, a bastion that does not answer in time gets one more attempt. Without
 * the lock, because it takes long. */
static int
start(struct ssh_bastion *b, struct ssh_askpass *person,
    const struct hd_ssh_net *net, enum hd_cancel stage, struct hd_err *err)
{
	unsigned made = 0, late = 0, nap = FIRST_NAP_MS;
	size_t n;

	for (;; nap *= 2) {
		int64_t end = hd_clock_ms() + net->connect_ms;

		if (attempt(b, person, net->connect_ms, stage, err) == 0)
			return 0;
		made++;
		late += hd_clock_left(end) == 0;
		if (err->code != HD_ECONNECT || made > net->retries || late > 1)
			break;
		remove_files(b->path);
		hd_clock_rest(nap, stage);
		if (hd_cancel_reached(stage))
			return hd_err_set(err, HD_ECANCELED, "interrupted");
	}
	n = strlen(err->msg);
	if (made > 1 && err->code == HD_ECONNECT)
		snprintf(
		    err->msg + n, sizeof(err->msg) - n, " (%u attempts)", made);
	return -1;
}

/* Never waits: if ssh hangs, its queue gets full, which is EAGAIN. */
static bool
listens(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	HD_AUTO_FD fd =
	    socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	return fd >= 0 && (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0 ||
			      errno == EAGAIN);
}

/* With the lock held. Whether this thread must start it. */
static bool
must_start(struct ssh_bastion *b)
{
	if (b->state == UP && !listens(b->path)) {
		remove_files(b->path);
		b->state = NEW;
	}
	if (b->state == FAILED && b->until != 0 && hd_clock_left(b->until) == 0)
		b->state = NEW;
	return b->state == NEW;
}

static void
start_locked(struct ssh_bastions *all, struct ssh_bastion *b,
    const struct hd_ssh_net *net, enum hd_cancel stage)
{
	struct ssh_askpass *person;
	struct hd_err err = { 0 };
	int rc = all->folder[0] != '\0'
		     ? 0
		     : ssh_folder_make(all->folder, sizeof(all->folder), &err);

	snprintf(b->path, sizeof(b->path), "%s/%u", all->folder, ++all->made);
	b->state = STARTING;
	if (rc == 0) {
		pthread_mutex_unlock(&all->lock);
		person = ssh_askpass_new(all->secrets, b->path, b->jump.all);
		rc = start(b, person, net, stage, &err);
		ssh_askpass_free(person);
		pthread_mutex_lock(&all->lock);
	}
	b->state = rc == 0 ? UP : FAILED;
	b->err = err;
	b->until = err.code == HD_ECONNECT    ? hd_clock_ms() + HOLD_MS
		   : err.code == HD_ECANCELED ? 1
					      : 0;
	if (rc < 0)
		remove_files(b->path);
	pthread_cond_broadcast(&all->changed);
}

struct ssh_bastion *
ssh_bastion_reach(struct ssh_bastions *all, const struct hd_ssh_net *net,
    enum hd_cancel stage, struct hd_err *err)
{
	struct ssh_bastion *b;
	bool up;

	pthread_mutex_lock(&all->lock);
	b = find(all, net);
	while (b->state == STARTING && !hd_cancel_reached(stage))
		hd_clock_moment(&all->changed, &all->lock);
	if (must_start(b))
		start_locked(all, b, net, stage);
	up = b->state == UP;
	if (b->state == FAILED)
		*err = b->err;
	else if (!up)
		(void)hd_err_set(err, HD_ECANCELED, "interrupted");
	pthread_mutex_unlock(&all->lock);
	return up ? b : NULL;
}

void
ssh_bastion_reason(struct ssh_bastions *all, const struct ssh_bastion *b,
    const char *address, unsigned port, char *out, size_t max)
{
	HD_AUTO_STR log = HD_STR_INIT(LOG_MAX);
	char path[PATH_BYTES], said[SAID] = "";

	out[0] = '\0';
	pthread_mutex_lock(&all->lock);
	memcpy(path, b->path, sizeof(path));
	pthread_mutex_unlock(&all->lock);
	read_log(path, &log);
	if (ssh_log_refusal(log.ptr, address, port, said, sizeof(said))) {
		snprintf(out, max, "the bastion %s could not connect: %s",
		    b->jump.all, said);
		return;
	}
	if (listens(path))
		return;
	ssh_log_quote(said, sizeof(said), log.ptr);
	snprintf(out, max, "the connection to the bastion %s is lost%s%s%s",
	    b->jump.all, said[0] != '\0' ? " (" : "", said,
	    said[0] != '\0' ? ")" : "");
}

/* Best effort: an ssh that does not end now ends after a minute. */
static void
stop(const struct ssh_bastion *b)
{
	const struct hd_until until = { hd_clock_ms() + END_MS, END_MS,
		HD_CANCEL_NEVER };
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_STR out = HD_STR_INIT(1024);
	HD_AUTO_STR errors = HD_STR_INIT(1024);
	const char *argv[] = { "ssh", "-F", "none", "-o",
		hd_arena_fmt(&a, "ControlPath=%s", b->path), "-O", "exit", "--",
		"bastion", NULL };
	struct hd_err ignored;
	int status;

	(void)!hd_capture(argv, &until, &out, &errors, &status, &ignored);
	remove_files(b->path);
}

void
ssh_bastions_done(struct ssh_bastions *all)
{
	while (all->list != NULL) {
		struct ssh_bastion *b = all->list;

		all->list = b->next;
		if (b->state == UP)
			stop(b);
		hd_arena_done(&b->arena);
		free(b);
	}
	if (all->folder[0] != '\0')
		(void)rmdir(all->folder);
	pthread_cond_destroy(&all->changed);
	pthread_mutex_destroy(&all->lock);
}
