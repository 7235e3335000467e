#include "cmd/ask.h"
#include "cmd/commands.h"
#include "cmd/connect.h"

#include "core/base/fs.h"
#include "core/base/index.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The key that one host showed. */
struct shown {
	const struct hd_host *host;
	struct hd_host_key key;
	const char *file; /* the known_hosts file to add it to */
	bool accepted;
};

struct trust {
	struct hd_cli *cli;
	struct hd_connector connector;
	struct hd_arena arena;
	struct {
		struct shown *v;
		size_t n, cap;
	} keys;
	struct hd_index lines; /* of keys */
	enum hd_status status;
};

static void
fail(struct trust *t, const char *host, enum hd_status status, const char *text)
{
	hd_emitf(t->cli->sink, HD_EV_ERROR, host, "%s", text);
	t->status = hd_status_worse(t->status, status);
}

/* Two hosts of deploy.ini on one machine have the same key. */
static bool
seen(struct trust *t, const struct shown *s)
{
	const char *line = hd_arena_strdup(&t->arena, s->key.line);

	return (*hd_index_at(&t->lines, &t->arena, line))++ > 0;
}

static void
look(struct trust *t, const struct hd_host *host)
{
	struct shown s = { .host = host };
	struct hd_err err = { 0 };

	if (host->connection == HD_CONN_LOCAL)
		return;
	if (hd_show_key(&s.key, &t->connector, host, t->cli->options.replace,
		&err) < 0) {
		fail(t, host->name, hd_status_of(err.code), err.msg);
		return;
	}
	hd_emitf(t->cli->sink, HD_EV_NOTE, host->name, "%s %s: %s%s",
	    s.key.type, s.key.print, s.key.known ? "known" : "not known",
	    s.key.was != NULL ? hd_arena_fmt(&t->arena, "; %s", s.key.was)
			      : "");
	s.file = hd_known_hosts_file(&t->connector, host, &t->arena);
	if (s.key.known || seen(t, &s))
		hd_host_key_done(&s.key);
	else
		*HD_PUSH(&t->arena, &t->keys) = s;
}

/* Whether a list of fingerprints, separated by commas, contains print. */
static bool
listed(const char *list, const char *print)
{
	size_t n = strlen(print);

	for (const char *p = list; p != NULL; p = strchr(p, ',')) {
		p += *p == ',';
		if (strncmp(p, print, n) == 0 && (p[n] == ',' || p[n] == '\0'))
			return true;
	}
	return false;
}

static void
accept_listed(struct trust *t, const char *list)
{
	for (size_t i = 0; i < t->keys.n; i++) {
		struct shown *s = &t->keys.v[i];

		s->accepted = listed(list, s->key.print);
		if (!s->accepted)
			fail(t, s->host->name, HD_STATUS_REFUSED,
			    "key not added: --accept does not list its "
			    "fingerprint");
	}
}

#define COMPARE                                                                \
	"Compare each fingerprint with the host's own (on the host: "          \
	"ssh-keygen -lf /etc/ssh/ssh_host_..._key.pub).\n"

static const char *
question(const struct trust *t)
{
	bool one = t->keys.n == 1, replaces = false;

	for (size_t i = 0; i < t->keys.n; i++)
		replaces = replaces || t->keys.v[i].key.was != NULL;
	if (replaces)
		return one ? COMPARE "Replace the old key with this one?"
			   : COMPARE "Add these keys and remove the old ones?";
	return one ? COMPARE "Add this key?" : COMPARE "Add these keys?";
}

/* Asks the person at the terminal, who must have compared the fingerprints. */
static void
ask(struct trust *t)
{
	if (!hd_ask_possible()) {
		fail(t, NULL, HD_STATUS_REFUSED,
		    "no terminal to ask on: compare the fingerprints and pass "
		    "the right ones with --accept SHA256:...");
		return;
	}
	if (!hd_ask(t->cli->view, question(t))) {
		fail(t, NULL, HD_STATUS_REFUSED,
		    "not confirmed: no key was added");
		return;
	}
	for (size_t i = 0; i < t->keys.n; i++)
		t->keys.v[i].accepted = true;
}

static int
cannot_add(const char *file, struct hd_err *err)
{
	return hd_err_set(err, HD_ELOCAL, "cannot add the host key to %s: %s",
	    file, strerror(errno));
}

/* Creates ~/.ssh if it is missing. */
static void
make_folder(const char *file)
{
	HD_AUTO_FREE char *folder = hd_strdup(file);
	char *slash = strrchr(folder, '/');

	if (slash == NULL || slash == folder)
		return;
	*slash = '\0';
	(void)mkdir(folder, 0700); /* open reports an error */
}

/* Opens again if another hdeploy replaced the file before the lock. */
static int
open_locked(const char *file)
{
	for (;;) {
		HD_AUTO_FD fd =
		    open(file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		struct stat mine, now;

		if (fd < 0 || flock(fd, LOCK_EX) < 0 || fstat(fd, &mine) < 0)
			return -1;
		if (stat(file, &now) == 0 && now.st_ino == mine.st_ino &&
		    now.st_dev == mine.st_dev)
			return hd_steal_fd(&fd);
	}
}

/* Appends one line; the file keeps its contents. */
static int
append(const char *file, const char *text, struct hd_err *err)
{
	HD_AUTO_STR line = HD_STR_INIT(128 * 1024);
	HD_AUTO_FD fd = -1;
	off_t end;
	char last = '\n';

	make_folder(file);
	fd = open_locked(file);
	if (fd < 0)
		return cannot_add(file, err);
	end = lseek(fd, 0, SEEK_END);
	if (end > 0 && pread(fd, &last, 1, end - 1) != 1)
		return cannot_add(file, err);
	hd_str_addf(&line, "%s%s\n", last == '\n' ? "" : "\n", text);
	if (hd_str_check(&line, err) < 0)
		return -1;
	if (hd_fs_write_all(fd, line.ptr, line.len) < 0 || fsync(fd) < 0)
		return cannot_add(file, err);
	return 0;
}

static void
add(struct trust *t, const struct shown *s)
{
	struct hd_err err = { 0 };

	if (s->file == NULL)
		fail(t, s->host->name, HD_STATUS_LOCAL,
		    "no home folder found: set known_hosts in deploy.ini");
	else if ((s->key.was != NULL &&
		     hd_forget_keys(&t->connector, s->host, &err) < 0) ||
		 append(s->file, s->key.line, &err) < 0)
		fail(t, s->host->name, HD_STATUS_LOCAL, err.msg);
	else
		hd_emitf(t->cli->sink, HD_EV_NOTE, s->host->name,
		    "added to %s%s", s->file,
		    s->key.was != NULL ? "; the old key was removed" : "");
}

static void
trust(struct trust *t)
{
	const char *accept = t->cli->options.accept;

	for (size_t i = 0; i < t->cli->nhosts; i++)
		look(t, t->cli->hosts[i]);
	if (t->keys.n == 0)
		return;
	if (accept != NULL)
		accept_listed(t, accept);
	else
		ask(t);
	for (size_t i = 0; i < t->keys.n; i++) {
		if (t->keys.v[i].accepted)
			add(t, &t->keys.v[i]);
		hd_host_key_done(&t->keys.v[i].key);
	}
}

static enum hd_status
run(struct hd_cli *cli)
{
	struct trust t = { .cli = cli };
	struct hd_err err = { 0 };

	if (hd_connector_init(&t.connector, &err) < 0)
		t.status = hd_cli_fail(cli, &err);
	else
		trust(&t);
	hd_connector_done(&t.connector);
	hd_arena_done(&t.arena);
	return t.status;
}

const struct hd_command hd_command_trust = {
	.name = "trust",
	.args = "ENV",
	.help = "show the host keys of ENV and record them",
	.usage =
	    "Shows the fingerprint of every host that is not yet known and, if\n"
	    "you confirm at a terminal, records its key. In CI, --accept lists\n"
	    "the fingerprints to record, separated by commas. A key that differs\n"
	    "from a recorded one is refused (status 3). For a host that was\n"
	    "reinstalled, --replace shows the new key next to the old one and,\n"
	    "after the same confirmation or --accept, replaces every key recorded\n"
	    "for that host. No user logs in, and no host is changed.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
