/* hdeploy doctor: agents and private keys. */
#include "cmd/ask.h"
#include "cmd/connect_doctor.h"

#include "core/base/clock.h"
#include "transport/known_hosts/known_hosts_line.h"
#include "transport/ssh_client.h"

#include <stdlib.h>
#include <string.h>

enum { AGENT_MS = 3000 };

static void
ask_agent(struct hd_doctor_keys *k, struct hd_doctor_agent *one)
{
	const struct hd_until until = { hd_clock_ms() + AGENT_MS, AGENT_MS,
		HD_CANCEL_SOON };
	struct hd_arena *a = &k->d->arena;
	struct hd_err err = { 0 };

	one->open = true;
	if (ssh_agent_open(&one->agent, one->path, &until, &err) < 0 ||
	    ssh_agent_list(&one->agent, &one->keys, &err) < 0)
		hd_doctor_warn(k->d, "agent",
		    hd_arena_fmt(a, "%s: %s", one->path, err.msg),
		    "start an ssh-agent, or unset SSH_AUTH_SOCK");
	else
		hd_doctor_ok(k->d, "agent",
		    hd_arena_fmt(a, "%s: %s", one->path,
			one->keys.n > 0
			    ? hd_arena_fmt(a, "%zu key%s", one->keys.n,
				  one->keys.n == 1 ? "" : "s")
			    : "it has no keys, or is locked"));
}

/* NULL: no agent. */
static const struct hd_doctor_agent *
agent_at(struct hd_doctor_keys *k, const char *path)
{
	struct hd_arena *a = &k->d->arena;
	size_t *place = hd_index_at(
	    &k->agent_places, a, hd_arena_strdup(a, path != NULL ? path : ""));
	struct hd_doctor_agent *one;

	if (*place == 0) {
		one = hd_arena_alloc(a, sizeof(*one));
		one->path = path != NULL ? hd_arena_strdup(a, path) : NULL;
		*HD_PUSH(a, &k->agents) = one;
		*place = k->agents.n;
		if (path != NULL)
			ask_agent(k, one);
		else
			hd_doctor_ok(k->d, "agent",
			    "none: SSH_AUTH_SOCK is not set, or ssh_config "
			    "has IdentityAgent none");
	}
	one = k->agents.v[*place - 1];
	return one->path != NULL ? one : NULL;
}

static bool
agent_has(const struct hd_doctor_agent *agent, const struct ssh_key *key)
{
	for (size_t i = 0; agent != NULL && i < agent->keys.n; i++)
		if (ssh_key_is(key, agent->keys.v[i].blob))
			return true;
	return false;
}

/* What hdeploy knows about one key of a login. */
struct found {
	const struct ssh_key *key;
	bool named; /* in deploy.ini: it must be usable */
	bool in_agent;
	bool passphrase; /* a command or a variable has the passphrase */
};

static void
say_encrypted(struct hd_doctor *d, const struct found *f, const char *type)
{
	const char *text = hd_arena_fmt(&d->arena,
	    "%s: %s, encrypted, and no agent has it", f->key->name, type);

	if (f->in_agent)
		hd_doctor_ok(d, "key",
		    hd_arena_fmt(&d->arena,
			"%s: %s, encrypted; the agent has it", f->key->name,
			type));
	else if (f->passphrase)
		hd_doctor_ok(d, "key",
		    hd_arena_fmt(&d->arena,
			"%s: %s, encrypted; passphrase_command or " HD_SSH_PASSPHRASE
			" unlocks it",
			f->key->name, type));
	else if (hd_ask_secret_possible())
		hd_doctor_ok(d, "key",
		    hd_arena_fmt(&d->arena,
			"%s; hdeploy asks for its passphrase", text));
	else
		hd_doctor_warn(d, "key", text,
		    "ssh-add it, or set " HD_SSH_PASSPHRASE
		    " or passphrase_command");
}

/* f->key->why contains the remedy. */
static void
say_unusable(struct hd_doctor *d, const struct found *f)
{
	const char *text =
	    hd_arena_fmt(&d->arena, "%s: %s", f->key->name, f->key->why);

	if (f->in_agent)
		hd_doctor_ok(d, "key",
		    hd_arena_fmt(
			&d->arena, "%s: the agent has it", f->key->name));
	else if (f->named)
		hd_doctor_problem(d, HD_STATUS_LOCAL, "key", text, NULL);
	else
		hd_doctor_warn(d, "key", text, NULL);
}

static void
say_key(struct hd_doctor *d, const struct found *f)
{
	char type[64] = "";

	hd_key_type(f->key->public.p, f->key->public.n, type);
	if (type[0] == '\0')
		strcpy(type, "a private key");
	if (f->key->state == SSH_KEY_PLAIN)
		hd_doctor_ok(d, "key",
		    hd_arena_fmt(&d->arena, "%s: %s, not encrypted",
			f->key->name, type));
	else if (f->key->state == SSH_KEY_ENCRYPTED)
		say_encrypted(d, f, type);
	else
		say_unusable(d, f);
}

static bool
is_new(struct hd_doctor_keys *k, const char *name)
{
	struct hd_arena *a = &k->d->arena;

	return (*hd_index_at(&k->seen, a, hd_arena_strdup(a, name)))++ == 0;
}

/* Looks at the only key of login. Returns whether it can log in. */
static bool
look_at_key(struct hd_doctor_keys *k, const struct hd_ssh_login *login,
    const char *name, const struct hd_doctor_agent *agent, bool named)
{
	struct ssh_keyring *ring = &k->connector.ssh->keys;
	HD_AUTO_FREE struct ssh_key **list = NULL;
	struct hd_err err = { 0 };
	struct found f = { .named = named };
	bool first = is_new(k, name);

	if (ssh_keyring_list(ring, login, &list, &err) < 0) {
		if (first)
			hd_doctor_problem(
			    k->d, HD_STATUS_LOCAL, "key", err.msg, NULL);
		return false;
	}
	f.key = list[0];
	if (f.key == NULL && named && first)
		hd_doctor_problem(k->d, HD_STATUS_LOCAL, "key",
		    hd_arena_fmt(
			&k->d->arena, "%s: there is no such file", name),
		    "change identity in deploy.ini");
	if (f.key == NULL)
		return false;
	f.in_agent = agent_has(agent, f.key);
	f.passphrase = login->passphrase_command != NULL ||
		       ssh_secret_given(&k->connector.ssh->secrets,
			   HD_SSH_PASSPHRASE) != NULL;
	if (first)
		say_key(k->d, &f);
	return f.in_agent || f.key->state == SSH_KEY_PLAIN ||
	       f.key->state == SSH_KEY_ENCRYPTED;
}

bool
hd_doctor_login(struct hd_doctor_keys *k, const struct hd_ssh_login *login)
{
	const struct hd_doctor_agent *agent = agent_at(k, login->agent);
	bool any = login->password_command != NULL ||
		   (agent != NULL && agent->keys.n > 0 && !login->only);

	for (size_t i = 0; i < login->nvariables; i++) {
		struct hd_ssh_login one = { .variables = &login->variables[i],
			.nvariables = 1,
			.passphrase_command = login->passphrase_command };

		any |= look_at_key(k, &one,
		    hd_arena_fmt(&k->d->arena, "$%s", login->variables[i]),
		    agent, true);
	}
	for (size_t i = 0; i < login->nidentities; i++) {
		struct hd_ssh_login one = { .identities = &login->identities[i],
			.nidentities = 1,
			.passphrase_command = login->passphrase_command };

		any |= look_at_key(
		    k, &one, login->identities[i], agent, login->named);
	}
	return any;
}

void
hd_doctor_keys_done(struct hd_doctor_keys *k)
{
	for (size_t i = 0; i < k->agents.n; i++)
		if (k->agents.v[i]->open)
			ssh_agent_close(&k->agents.v[i]->agent);
}
