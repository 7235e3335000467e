/* hdeploy doctor: what ssh_config, keys and known_hosts files mean for the
 * hosts of deploy.ini. */
#include "cmd/connect_doctor.h"

#include "core/inventory/advice.h"
#include "core/inventory/fold.h"
#include "core/rollout/fleet.h"
#include "transport/ssh_client.h"
#include "transport/ssh_hostkey_files.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LIST_MAX = 64 * 1024, SSH_PORT = 22, AT_ONCE = 8 };

/* Hosts with the same text. */
struct same {
	const char *text;
	struct hd_strs hosts;
};
struct sames {
	HD_LIST(struct same) list;
	struct hd_index places;
};

/* The hosts of one environment. */
struct survey {
	struct hd_doctor_keys *keys;
	const struct hd_env *env;
	struct sames configs, unread, failed;
	struct hd_strs recorded, fresh, unknown, keyless;
	bool stopped;
};

static struct hd_arena *
arena_of(const struct survey *s)
{
	return &s->keys->d->arena;
}

static void
add_same(struct survey *s, struct sames *all, const char *text,
    const struct hd_host *host)
{
	struct hd_arena *a = arena_of(s);
	size_t *place = hd_index_at(&all->places, a, hd_arena_strdup(a, text));

	if (*place == 0) {
		HD_PUSH(a, &all->list)->text = hd_arena_strdup(a, text);
		*place = all->list.n;
	}
	*HD_PUSH(a, &all->list.v[*place - 1].hosts) = host->name;
}

static const char *
folded(struct survey *s, const struct hd_strs *hosts, const char *separator)
{
	HD_AUTO_STR text = HD_STR_INIT(LIST_MAX);

	hd_names_fold(&text, hosts->v, hosts->n, "", separator);
	return hd_arena_strdup(arena_of(s), text.ptr);
}

/* The options of ssh_config that change something, "User deploy, ProxyJump
 * bastion"; "": none. */
static const char *
describe_config(
    struct survey *s, const struct hd_ssh_config *x, const struct hd_host *host)
{
	struct hd_arena *a = arena_of(s);
	const char *user = s->keys->connector.user;
	const char *port = hd_arena_fmt(a, "%u", x->port);
	const char *const options[][2] = {
		{ "HostName", x->hostname != NULL && strcasecmp(x->hostname,
							 host->address) != 0
				  ? x->hostname
				  : NULL },
		{ "User", x->user != NULL && host->user == NULL &&
				  strcmp(x->user, user) != 0
			      ? x->user
			      : NULL },
		{ "Port", host->port == 0 && x->port > 0 && x->port != SSH_PORT
			      ? port
			      : NULL },
		{ "ProxyJump", x->proxy_jump },
		{ "ProxyCommand", x->proxy_command },
		{ "HostKeyAlias", x->alias },
		{ "IdentityAgent", x->agent },
		{ "IdentitiesOnly", x->only ? "yes" : NULL },
	};
	const char *text = "";

	for (size_t i = 0; i < HD_COUNT(options); i++)
		if (options[i][1] != NULL)
			text = hd_arena_fmt(a, "%s%s%s %s", text,
			    *text != '\0' ? ", " : "", options[i][0],
			    options[i][1]);
	return text;
}

/* Whether a file has a key of this host, or of an authority for it. */
static bool
is_recorded(const struct hd_known_hosts *known)
{
	for (size_t i = 0; i < known->keys.n; i++)
		if (known->keys.v[i].kind != HD_KNOWN_REVOKES)
			return true;
	return false;
}

static void
look_for_key(
    struct survey *s, const struct hd_ssh_opts *o, const struct hd_host *host)
{
	HD_AUTO_KNOWN_HOSTS known = { 0 };
	struct hd_err err = { 0 };
	struct hd_strs *to = &s->unknown;

	if (ssh_hostkey_look(&known, o, &err) < 0) {
		add_same(s, &s->failed, err.msg, host);
		return;
	}
	if (o->trust.npins > 0 || is_recorded(&known))
		to = &s->recorded;
	else if (o->trust.policy == HD_SSH_ACCEPT_NEW)
		to = &s->fresh;
	*HD_PUSH(arena_of(s), to) = host->name;
}

/* ssh_config is usually wrong for all hosts alike. */
static const char *
without_host(struct survey *s, const char *text, const struct hd_host *host)
{
	const char *before =
	    hd_arena_fmt(arena_of(s), "ssh_config, for %s: ", host->address);
	size_t n = strlen(before);

	return strncmp(text, before, n) == 0 ? text + n : text;
}

/* Lets ssh resolve the ssh_config of one host. The client keeps the answer. */
static void
resolve(void *ctx, size_t i)
{
	const struct survey *s = ctx;
	const struct hd_host *host = &s->env->hosts.v[i];
	HD_AUTO_ARENA a = { 0 };
	const struct hd_ssh_config *x;
	struct hd_err ignored = { 0 };
	struct hd_ssh_opts o;

	if (host->connection == HD_CONN_SSH)
		(void)!hd_connect_options(
		    &o, &x, &s->keys->connector, host, false, &a, &ignored);
}

static void
look_at_host(struct survey *s, const struct hd_host *host)
{
	HD_AUTO_ARENA a = { 0 };
	const struct hd_ssh_config *x;
	struct hd_err err = { 0 };
	struct hd_ssh_opts o;

	if (hd_connect_options(
		&o, &x, &s->keys->connector, host, false, &a, &err) < 0) {
		s->stopped = err.code == HD_ECANCELED;
		add_same(s, &s->failed, without_host(s, err.msg, host), host);
		return;
	}
	if (x->unread != NULL && host->ssh_config == NULL)
		add_same(s, &s->unread, x->unread, host);
	else if (x->unread == NULL)
		add_same(s, &s->configs, describe_config(s, x, host), host);
	look_for_key(s, &o, host);
	if (!hd_doctor_login(s->keys, &o.login))
		*HD_PUSH(arena_of(s), &s->keyless) = host->name;
}

/* The text after the environment and the hosts. */
static const char *
about(struct survey *s, const struct hd_strs *hosts, const char *text)
{
	return hd_arena_fmt(arena_of(s), "%s %s: %s", s->env->name,
	    folded(s, hosts, ","), text);
}

static void
report_config(struct survey *s)
{
	struct hd_doctor *d = s->keys->d;

	for (size_t i = 0; i < s->failed.list.n; i++)
		hd_doctor_problem(d, HD_STATUS_LOCAL, "ssh_config",
		    about(s, &s->failed.list.v[i].hosts,
			s->failed.list.v[i].text),
		    NULL);
	for (size_t i = 0; i < s->unread.list.n; i++)
		hd_doctor_warn(d, "ssh_config",
		    about(s, &s->unread.list.v[i].hosts,
			s->unread.list.v[i].text),
		    "install OpenSSH's ssh, or set ssh_config = no");
	for (size_t i = 0; i < s->configs.list.n; i++) {
		const struct same *one = &s->configs.list.v[i];

		hd_doctor_ok(d, "ssh_config",
		    about(s, &one->hosts,
			one->text[0] != '\0' ? one->text
					     : "no effect on these hosts"));
	}
}

static void
report_known(struct survey *s)
{
	struct hd_doctor *d = s->keys->d;
	struct hd_arena *a = arena_of(s);

	if (s->recorded.n > 0)
		hd_doctor_ok(d, "known_hosts",
		    about(s, &s->recorded, "a host key is recorded or pinned"));
	if (s->fresh.n > 0)
		hd_doctor_ok(d, "known_hosts",
		    about(s, &s->fresh,
			"no host key is recorded; host_key_policy = "
			"accept-new records it"));
	if (s->unknown.n > 0)
		hd_doctor_problem(d, HD_STATUS_UNREACHABLE, "known_hosts",
		    about(s, &s->unknown, "no host key is recorded"),
		    hd_arena_fmt(a, "`%s`",
			hd_advice_env(a, s->env, "trust", NULL,
			    s->unknown.n < s->env->hosts.n
				? folded(s, &s->unknown, ",")
				: NULL)));
}

static void
report(struct survey *s)
{
	report_config(s);
	report_known(s);
	if (s->keyless.n > 0)
		hd_doctor_warn(s->keys->d, "key",
		    about(s, &s->keyless, "no key can log in"),
		    "ssh-add a key, make one with ssh-keygen, or set identity "
		    "or password_command in deploy.ini (docs/ssh.md)");
}

static void
survey(struct hd_doctor_keys *keys, const struct hd_env *env)
{
	struct survey s = { .keys = keys, .env = env };

	hd_fleet_run(env->hosts.n, AT_ONCE, resolve, &s);
	for (size_t i = 0; i < env->hosts.n && !s.stopped; i++)
		if (env->hosts.v[i].connection == HD_CONN_SSH)
			look_at_host(&s, &env->hosts.v[i]);
	report(&s);
}

/* The usual keys and the usual agent. */
static void
look_without_hosts(struct hd_doctor_keys *k)
{
	const struct hd_ssh_login login = {
		.identities = k->connector.identities.v,
		.nidentities = k->connector.identities.n,
		.agent = k->connector.agent,
	};

	if (!hd_doctor_login(k, &login))
		hd_doctor_warn(k->d, "key", "no key can log in",
		    "ssh-add a key, or make one with ssh-keygen");
}

void
hd_doctor_ssh(struct hd_doctor *d, const struct hd_env *env)
{
	struct hd_doctor_keys k = { .d = d };
	const struct hd_inventory *inv = d->cli->inventory;
	struct hd_err err = { 0 };

	if (hd_connector_init(&k.connector, &err) < 0) {
		hd_doctor_problem(d, HD_STATUS_LOCAL, "user", err.msg, NULL);
		hd_connector_done(&k.connector);
		return;
	}
	k.connector.offline = true;
	hd_connector_secrets(&k.connector, &d->cli->secrets);
	if (inv == NULL)
		look_without_hosts(&k);
	for (size_t i = 0; inv != NULL && i < inv->envs.n; i++)
		if (env == NULL || env == &inv->envs.v[i])
			survey(&k, &inv->envs.v[i]);
	hd_doctor_keys_done(&k);
	hd_connector_done(&k.connector);
}
