#include "cmd/connect.h"

#include "cmd/ask.h"
#include "core/base/digest.h"
#include "core/base/shell.h"
#include "core/inventory/advice.h"
#include "transport/known_hosts_edit.h"
#include "transport/local.h"
#include "transport/ssh.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* An environment variable; NULL if it is unset or empty. */
static const char *
from_env(struct hd_connector *c, const char *name)
{
	const char *value = getenv(name);

	if (value == NULL || *value == '\0')
		return NULL;
	return hd_arena_strdup(&c->arena, value);
}

enum { LINE_MAX_BYTES = 512 };

/* The same, but NULL unless it is short and free of control characters: hosts
 * write it into locks and the history. */
static const char *
line_from_env(struct hd_connector *c, const char *name)
{
	const char *value = from_env(c, name);
	size_t n = value != NULL ? strlen(value) : 0;

	if (n == 0 || n > LINE_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == '\177')
			return NULL;
	return value;
}

static void
find_identities(struct hd_connector *c)
{
	static const char *const names[] = { "id_ed25519", "id_ecdsa",
		"id_rsa" };

	for (size_t i = 0; i < HD_COUNT(names); i++) {
		const char *path =
		    hd_arena_fmt(&c->arena, "%s/.ssh/%s", c->home, names[i]);

		if (access(path, R_OK) == 0)
			*HD_PUSH(&c->arena, &c->identities) = path;
	}
}

/* The URL of the CI job. GitLab, Jenkins and Buildkite set it whole; GitHub
 * sets its parts. */
static const char *
find_job(struct hd_connector *c)
{
	static const char *const names[] = { "CI_JOB_URL", "BUILD_URL",
		"BUILDKITE_BUILD_URL" };
	const char *server = line_from_env(c, "GITHUB_SERVER_URL");
	const char *repository = line_from_env(c, "GITHUB_REPOSITORY");
	const char *run = line_from_env(c, "GITHUB_RUN_ID");

	for (size_t i = 0; i < HD_COUNT(names); i++) {
		const char *job = line_from_env(c, names[i]);

		if (job != NULL)
			return job;
	}
	if (server == NULL || repository == NULL || run == NULL)
		return NULL;
	return hd_arena_fmt(
	    &c->arena, "%s/%s/actions/runs/%s", server, repository, run);
}

static int
ask_secret(void *ctx, const char *question, char **out, struct hd_err *err)
{
	const struct hd_secrets *secrets = ctx;

	return hd_ask_secret(secrets->view, question, out, err);
}

void
hd_connector_secrets(struct hd_connector *c, struct hd_secrets *secrets)
{
	for (const struct hd_secret *s = secrets->first; s != NULL; s = s->next)
		if (s->text != NULL)
			hd_ssh_client_give(c->ssh, s->name, s->text);
	if (hd_ask_secret_possible())
		hd_ssh_client_ask(c->ssh, ask_secret, secrets);
}

int
hd_connector_init(struct hd_connector *c, struct hd_err *err)
{
	const struct passwd *pw;
	struct utsname machine;

	errno = 0;
	pw = getpwuid(getuid());
	if (pw == NULL && errno == ENOMEM)
		hd_alloc_failed(); /* not a missing home: known hosts */
	*c = (struct hd_connector){ 0 };
	c->home = from_env(c, "HOME");
	c->user = line_from_env(c, "USER");
	c->agent = from_env(c, "SSH_AUTH_SOCK");
	c->job = find_job(c);
	hd_random_hex(c->token, sizeof(c->token) / 2);
	hd_random_hex(c->run, sizeof(c->run) / 2);
	if (c->home == NULL && pw != NULL)
		c->home = hd_arena_strdup(&c->arena, pw->pw_dir);
	if (c->user == NULL && pw != NULL)
		c->user = hd_arena_strdup(&c->arena, pw->pw_name);
	if (c->user == NULL)
		return hd_err_set(err, HD_ELOCAL,
		    "no user name found for uid %ld: set USER", (long)getuid());
	c->who = hd_arena_fmt(&c->arena, "%s@%s", c->user,
	    uname(&machine) == 0 ? machine.nodename : "unknown");
	if (c->home != NULL) {
		find_identities(c);
		*HD_PUSH(&c->arena, &c->user_known) =
		    hd_arena_fmt(&c->arena, "%s/.ssh/known_hosts", c->home);
		*HD_PUSH(&c->arena, &c->user_known) =
		    hd_arena_fmt(&c->arena, "%s/.ssh/known_hosts2", c->home);
	}
	*HD_PUSH(&c->arena, &c->global_known) = "/etc/ssh/ssh_known_hosts";
	*HD_PUSH(&c->arena, &c->global_known) = "/etc/ssh/ssh_known_hosts2";
	return hd_ssh_client_new(&c->ssh, err);
}

void
hd_connector_done(struct hd_connector *c)
{
	hd_ssh_client_free(c->ssh);
	hd_arena_done(&c->arena);
	*c = (struct hd_connector){ 0 };
}

/* Expands a leading "~/" to the home of the user who runs hdeploy. */
static const char *
expand(struct hd_arena *a, const char *home, const char *path)
{
	if (strncmp(path, "~/", 2) != 0 || home == NULL)
		return path;
	return hd_arena_fmt(a, "%s%s", home, path + 1);
}

static struct hd_ssh_files
files(struct hd_strs list)
{
	return (struct hd_ssh_files){ list.v, list.n };
}

static struct hd_strs
usual_files(const struct hd_connector *c, struct hd_arena *a)
{
	struct hd_strs all = { 0 };

	for (size_t i = 0; i < c->user_known.n; i++)
		*HD_PUSH(a, &all) = c->user_known.v[i];
	for (size_t i = 0; i < c->global_known.n; i++)
		*HD_PUSH(a, &all) = c->global_known.v[i];
	return all;
}

/* A file named in deploy.ini replaces the usual ones, but a key that those
 * revoke stays revoked. */
static struct hd_ssh_trust
trust_of(const struct hd_connector *c, const struct hd_host *host,
    struct hd_arena *a)
{
	struct hd_ssh_trust t = {
		.user = files(c->user_known),
		.global = files(c->global_known),
		.pins = host->host_keys.v,
		.npins = host->host_keys.n,
		.policy = host->host_key_policy != NULL &&
				  strcmp(host->host_key_policy, "strict") != 0
			      ? HD_SSH_ACCEPT_NEW
			      : HD_SSH_STRICT,
	};
	struct hd_strs named = { 0 };

	if (host->known_hosts != NULL) {
		*HD_PUSH(a, &named) = expand(a, c->home, host->known_hosts);
		t.user = files(named);
		t.global = (struct hd_ssh_files){ 0 };
		t.revoking = files(usual_files(c, a));
	}
	return t;
}

/* Options from deploy.ini and the environment; allocated in a. */
static struct hd_ssh_opts
ssh_options(const struct hd_connector *c, const struct hd_host *host,
    struct hd_arena *a)
{
	struct hd_ssh_opts o = HD_SSH_OPTS_INIT;
	struct hd_strs identities = { 0 };
	bool named = host->identities.n > 0 || host->identity_envs.n > 0;

	for (size_t i = 0; i < host->identities.n; i++)
		*HD_PUSH(a, &identities) =
		    expand(a, c->home, host->identities.v[i]);
	if (!named)
		identities = c->identities;
	o.client = c->ssh;
	o.address = host->address;
	o.port = host->port;
	o.user = host->user != NULL ? host->user : c->user;
	o.run_as = host->run_as;
	o.net.connect_ms = host->connect_timeout;
	o.net.retries = host->connect_retries;
	o.trust = trust_of(c, host, a);
	o.login.identities = identities.v;
	o.login.nidentities = identities.n;
	o.login.named = named;
	o.login.variables = host->identity_envs.v;
	o.login.nvariables = host->identity_envs.n;
	o.login.passphrase_command = host->passphrase_command;
	o.login.agent = c->agent;
	o.login.password_command = host->password_command;
	return o;
}

/* Where notes about a host go. */
struct notes {
	const struct hd_sink *sink;
	const char *host;
};

static void
show_note(void *ctx, const char *text)
{
	const struct notes *n = ctx;

	hd_emitf(n->sink, HD_EV_NOTE, n->host, "%s", text);
}

static int
open_ssh(const struct hd_connector *c, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err)
{
	struct hd_arena a = { 0 };
	struct hd_ssh_opts o = ssh_options(c, host, &a);

	struct notes notes = { c->sink, host->name };

	o.finish = finish;
	o.note = show_note;
	o.note_ctx = &notes;
	o.trust.command = hd_advice(&a, host, "trust", NULL);
	o.memory = a;
	return hd_ssh_open(out, &o, err);
}

int
hd_show_key(struct hd_host_key *out, const struct hd_connector *c,
    const struct hd_host *host, bool replace, struct hd_err *err)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_ssh_opts o = ssh_options(c, host, &a);

	o.trust.replace = replace;
	o.trust.command = hd_advice(&a, host, "trust", NULL);
	return hd_ssh_host_key(out, &o, err);
}

static int
forget_in(const struct hd_ssh_files *f, const struct hd_ssh_opts *o,
    struct hd_err *err)
{
	for (size_t i = 0; i < f->n; i++)
		if (hd_known_hosts_forget(f->v[i],
			o->trust.name != NULL ? o->trust.name : o->address,
			o->trust.name != NULL ? 0 : o->port, err) < 0)
			return -1;
	return 0;
}

int
hd_forget_keys(const struct hd_connector *c, const struct hd_host *host,
    struct hd_err *err)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_ssh_opts o = ssh_options(c, host, &a);

	if (forget_in(&o.trust.user, &o, err) < 0)
		return -1;
	return forget_in(&o.trust.global, &o, err);
}

int
hd_add_key(const char *file, const char *line, struct hd_err *err)
{
	return hd_known_hosts_append(file, line, err);
}

const char *
hd_known_hosts_file(const struct hd_connector *c, const struct hd_host *host,
    struct hd_arena *a)
{
	struct hd_ssh_trust t = trust_of(c, host, a);

	return t.user.n > 0 ? t.user.v[0] : NULL;
}

static void
add_words(struct hd_arena *a, struct hd_strs *list, const char *const *words)
{
	for (; *words != NULL; words++)
		*HD_PUSH(a, list) = *words;
}

/* Escapes % in a path: ssh expands it. */
static const char *
file_word(struct hd_arena *a, const char *path)
{
	HD_AUTO_STR out = HD_STR_INIT(16 * 1024);

	for (; *path != '\0'; path++)
		hd_str_addf(&out, "%s%c", *path == '%' ? "%" : "", *path);
	return hd_arena_strdup(a, out.ptr);
}

/* IdentitiesOnly: if deploy.ini names keys, ssh tries no other agent keys. */
static void
add_identities(struct hd_arena *a, struct hd_strs *list,
    const struct hd_connector *c, const struct hd_host *host)
{
	for (size_t i = 0; i < host->identities.n; i++)
		add_words(a, list,
		    (const char *[]){ "-i",
			file_word(a, expand(a, c->home, host->identities.v[i])),
			NULL });
	if (host->identities.n > 0)
		add_words(a, list,
		    (const char *[]){ "-o", "IdentitiesOnly=yes", NULL });
}

/* -F none: a Host section of ssh_config must not send ssh to another host than
 * hdeploy's own connections. */
static void
add_ssh(struct hd_arena *a, struct hd_strs *list, const struct hd_connector *c,
    const struct hd_host *host, const char *known)
{
	add_words(a, list,
	    (const char *[]){ "ssh", "-t", "-F", "none", "-l",
		host->user != NULL ? host->user : c->user, "-p",
		hd_arena_fmt(a, "%u", host->port), "-o",
		"StrictHostKeyChecking=yes", "-o",
		hd_arena_fmt(
		    a, "UserKnownHostsFile=\"%s\"", file_word(a, known)),
		"-o", "GlobalKnownHostsFile=/dev/null", "-o", "CheckHostIP=no",
		"-o", "UpdateHostKeys=no", "-o",
		hd_arena_fmt(a, "ConnectTimeout=%u",
		    (host->connect_timeout + 999) / 1000),
		NULL });
	add_identities(a, list, c, host);
}

struct hd_strs
hd_connect_words(const struct hd_connector *c, const struct hd_host *host,
    const char *known, const char *script, struct hd_arena *a)
{
	HD_AUTO_SHELL remote = HD_SHELL_INIT;
	struct hd_strs list = { 0 };
	bool ssh = host->connection == HD_CONN_SSH;

	if (ssh)
		add_ssh(a, &list, c, host, known);
	if (ssh)
		add_words(a, &list,
		    (const char *[]){ "--", host->address, "exec", NULL });
	if (host->run_as != NULL)
		add_words(a, &list,
		    (const char *[]){
			"sudo", "-n", "-u", host->run_as, "--", NULL });
	hd_shell_arg(&remote, script); /* the login shell parses it */
	add_words(a, &list,
	    (const char *[]){ "/bin/sh",
		ssh ? hd_arena_strdup(a, remote.text.ptr) : script, NULL });
	*HD_PUSH(a, &list) = NULL;
	return list;
}

static int
open_local(const struct hd_connector *c, const struct hd_host *host,
    bool finish, struct hd_transport **out, struct hd_err *err)
{
	(void)c;
	(void)finish;
	return hd_local_open(out, host->run_as, err);
}

int
hd_connect(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err)
{
	static int (*const open_by[])(const struct hd_connector *,
	    const struct hd_host *, bool, struct hd_transport **,
	    struct hd_err *) = {
		[HD_CONN_SSH] = open_ssh,
		[HD_CONN_LOCAL] = open_local,
	};

	return open_by[host->connection](ctx, host, finish, out, err);
}
