#include "transport/ssh_configs.h"

#include "core/base/clock.h"
#include "core/base/spawn.h"
#include "transport/quote.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { AT_ONCE = 8, LIMIT_MS = 30 * 1000, OUTPUT_MAX = 1024 * 1024 };

enum state { NEW, ASKING, KNOWN, WRONG };

struct ssh_config_entry {
	enum state state;
	struct hd_arena arena;
	struct hd_ssh_config config;
	struct hd_err err; /* WRONG */
};

void
ssh_configs_init(struct ssh_configs *all)
{
	const struct passwd *pw = getpwuid(getuid());

	*all = (struct ssh_configs){ 0 };
	if (pw != NULL) {
		all->home = hd_arena_strdup(&all->arena, pw->pw_dir);
		all->user = hd_arena_strdup(&all->arena, pw->pw_name);
	}
	pthread_mutex_init(&all->lock, NULL);
	hd_clock_condition(&all->changed);
}

void
ssh_configs_done(struct ssh_configs *all)
{
	for (size_t i = 0; i < all->entries.n; i++)
		hd_arena_done(&all->entries.v[i]->arena);
	hd_arena_done(&all->arena);
	pthread_cond_destroy(&all->changed);
	pthread_mutex_destroy(&all->lock);
}

static struct ssh_config_entry *
find(struct ssh_configs *all, const struct hd_ssh_query *q)
{
	HD_AUTO_ARENA a = { 0 };
	const char *key = hd_arena_fmt(&a, "%s\n%s\n%u\n%s", q->host,
	    q->user != NULL ? q->user : "", q->port,
	    q->file != NULL ? q->file : "");
	size_t place = hd_index_get(&all->index, key);

	if (place == 0) {
		*HD_PUSH(&all->arena, &all->entries) =
		    hd_arena_alloc(&all->arena, sizeof(**all->entries.v));
		place = all->entries.n;
		*hd_index_at(&all->index, &all->arena,
		    hd_arena_strdup(&all->arena, key)) = place;
	}
	return all->entries.v[place - 1];
}

static struct hd_strs
words(const struct hd_ssh_query *q, struct hd_arena *a)
{
	const char *port = hd_arena_fmt(a, "%u", q->port);
	const char *const pairs[][2] = {
		{ "-F", q->file },
		{ "-l", q->user },
		{ "-p", q->port > 0 ? port : NULL },
		{ "-o", "IdentityFile=" HD_SSH_CONFIG_MARK },
		{ "-o", "ControlPath=" HD_SSH_CONFIG_HASH },
		{ "-o", q->offline ? "CanonicalizeHostname=no" : NULL },
		{ "--", q->host },
	};
	struct hd_strs list = { 0 };

	*HD_PUSH(a, &list) = "ssh";
	*HD_PUSH(a, &list) = "-G";
	*HD_PUSH(a, &list) = "-T"; /* no warning about the terminal */
	for (size_t i = 0; i < HD_COUNT(pairs); i++) {
		if (pairs[i][1] == NULL)
			continue;
		*HD_PUSH(a, &list) = pairs[i][0];
		*HD_PUSH(a, &list) = pairs[i][1];
	}
	*HD_PUSH(a, &list) = NULL;
	return list;
}

/* "FILE: terminating, 1 bad configuration options" adds nothing. */
static bool
is_summary(const char *line, size_t n)
{
	const char *found = strstr(line, ": terminating, ");

	return found != NULL && found < line + n;
}

static int
report(const char *errors, int status, struct hd_err *err)
{
	char said[700] = "";

	hd_quote_lines(said, sizeof(said), errors, strlen(errors), is_summary);
	if (said[0] == '\0')
		return hd_err_set(err, HD_ELOCAL,
		    "ssh -G failed with status %d and gave no reason", status);
	return hd_err_set(err, HD_ELOCAL, "%s", said);
}

static int
ask(struct ssh_config_entry *e, const struct hd_ssh_query *q,
    const struct ssh_configs *all, enum hd_cancel stage, struct hd_err *err)
{
	const struct hd_until until = { hd_clock_ms() + LIMIT_MS, LIMIT_MS,
		stage };
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_STR out = HD_STR_INIT(OUTPUT_MAX);
	HD_AUTO_STR errors = HD_STR_INIT(16 * 1024);
	struct utsname machine;
	const struct hd_ssh_tokens tokens = {
		.host = q->host,
		.home = all->home,
		.local_user = all->user,
		.uid = hd_arena_fmt(&a, "%lu", (unsigned long)getuid()),
		.machine = uname(&machine) == 0 ? machine.nodename : "",
	};
	int status;

	if (hd_capture(words(q, &a).v, &until, &out, &errors, &status, err) < 0)
		return -1;
	if (status == HD_SPAWN_MISSING) {
		e->config.unread = "no ssh client (ssh) was found, so "
				   "ssh_config was not read";
		return 0;
	}
	/* the answer of dropbear's client, and of OpenSSH before 6.8 */
	if (status != 0 && (strstr(errors.ptr, "usage: ") != NULL ||
			       strstr(errors.ptr, "Usage: ") != NULL)) {
		e->config.unread = "the ssh client of this machine does not "
				   "know -G, so ssh_config was not read";
		return 0;
	}
	if (status != 0)
		return report(errors.ptr, status, err);
	if (hd_str_check(&out, err) < 0)
		return -1;
	return hd_ssh_config_read(&e->config, out.ptr, &tokens, &e->arena, err);
}

/* Without the lock. */
static int
fill(struct ssh_config_entry *e, const struct hd_ssh_query *q,
    const struct ssh_configs *all, enum hd_cancel stage, struct hd_err *err)
{
	int rc;

	if (all->user == NULL) {
		e->config.unread = "this user has no passwd entry, and without "
				   "one ssh does not run, so ssh_config was "
				   "not read";
		return 0;
	}
	rc = ask(e, q, all, stage, err);
	if (rc < 0 && err->code != HD_ECANCELED) {
		err->code = HD_ELOCAL;
		return hd_err_prefix(err, "ssh_config, for %s", q->host);
	}
	return rc;
}

/* With the lock held. */
static void
fill_locked(struct ssh_configs *all, struct ssh_config_entry *e,
    const struct hd_ssh_query *q, enum hd_cancel stage)
{
	struct hd_err err = { 0 };
	int rc;

	e->state = ASKING;
	all->running++;
	pthread_mutex_unlock(&all->lock);
	rc = fill(e, q, all, stage, &err);
	pthread_mutex_lock(&all->lock);
	all->running--;
	e->err = err;
	e->state = rc == 0 ? KNOWN : err.code == HD_ECANCELED ? NEW : WRONG;
	pthread_cond_broadcast(&all->changed);
}

int
ssh_configs_get(struct ssh_configs *all, const struct hd_ssh_config **out,
    const struct hd_ssh_query *q, enum hd_cancel stage, struct hd_err *err)
{
	struct ssh_config_entry *e;
	enum state state;

	if (q->host[0] == '-')
		return hd_err_set(err, HD_ELOCAL,
		    "a host name must not begin with -: %s", q->host);
	pthread_mutex_lock(&all->lock);
	e = find(all, q);
	while ((e->state == ASKING ||
		   (e->state == NEW && all->running >= AT_ONCE)) &&
	       !hd_cancel_reached(stage))
		hd_clock_moment(&all->changed, &all->lock);
	if (e->state == NEW && !hd_cancel_reached(stage))
		fill_locked(all, e, q, stage);
	state = e->state;
	*out = &e->config;
	if (state == WRONG)
		*err = e->err;
	pthread_mutex_unlock(&all->lock);
	if (state == KNOWN)
		return 0;
	return state == WRONG ? -1
			      : hd_err_set(err, HD_ECANCELED, "interrupted");
}
