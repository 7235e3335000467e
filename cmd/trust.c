#include "cmd/ask.h"
#include "cmd/commands.h"
#include "cmd/connect.h"

#include "core/base/index.h"

#include <string.h>

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
		&err) < 0 ||
	    hd_known_hosts_file(&s.file, &t->connector, host, &t->arena, &err) <
		0) {
		fail(t, host->name, hd_status_of(err.code), err.msg);
		return;
	}
	hd_emitf(t->cli->sink, HD_EV_NOTE, host->name, "%s %s: %s%s",
	    s.key.type, s.key.print, s.key.known ? "known" : "not known",
	    s.key.was != NULL ? hd_arena_fmt(&t->arena, "; %s", s.key.was)
			      : "");
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

static void
add(struct trust *t, const struct shown *s)
{
	struct hd_err err = { 0 };

	if (s->file == NULL)
		fail(t, s->host->name, HD_STATUS_LOCAL,
		    "there is no known_hosts file to write to: set known_hosts "
		    "in deploy.ini");
	else if ((s->key.was != NULL &&
		     hd_forget_keys(&t->connector, s->host, &err) < 0) ||
		 hd_add_key(s->file, s->key.line, &err) < 0)
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
