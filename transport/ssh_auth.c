#include "transport/ssh_auth.h"

#include "transport/ssh_client.h"
#include "transport/ssh_login.h"

#include <stdlib.h>
#include <string.h>

/* sshd disconnects at the sixth failure and may then refuse the address for a
 * while. Servers want two or three steps at most. */
enum { OFFERS_MAX = 5, STEPS_MAX = 8 };

/* A missing or hanging agent is only a note, because key files may be enough.
 * It gets half of the time. */
static void
find_agent_keys(struct ssh_login *l, struct ssh_agent_keys *out)
{
	const char *path = l->o->login.agent;
	unsigned half = (unsigned)hd_clock_left(l->s->end) / 2;
	const struct hd_until until = { hd_clock_ms() + half, half,
		l->s->stage };
	struct hd_err err;

	if (path == NULL || *path == '\0')
		return;
	if (ssh_agent_open(&l->agent, path, &until, &err) < 0 ||
	    ssh_agent_list(&l->agent, out, &err) < 0)
		hd_str_addf(&l->notes, "; ssh-agent at %s: %s", path, err.msg);
	else if (out->n == 0)
		hd_str_addf(&l->notes,
		    "; ssh-agent at %s: it has no keys, or is locked (ssh-add "
		    "-X unlocks it)",
		    path);
}

/* Once, and only if the server accepts keys: the agent may be slow. */
static int
choose_keys(struct ssh_login *l, struct hd_err *err)
{
	HD_AUTO_FREE struct ssh_key **certificates = NULL;
	struct hd_ssh_login login = l->o->login;
	struct ssh_choice x = { .user = l->o->user,
		.now = time(NULL),
		.keys = l->keys,
		.named = login.named || login.chosen,
		.only = login.only };

	if (l->chosen)
		return 0;
	l->chosen = true;
	login.identities = login.certificates.v;
	login.nidentities = login.certificates.n;
	login.nvariables = 0;
	login.named = false;
	if (ssh_keyring_list(&l->o->client->keys, &login, &certificates, err) <
	    0)
		return -1;
	x.certificates = certificates;
	find_agent_keys(l, &x.agent);
	ssh_offers_choose(&l->offers, &x, &l->arena, &l->notes);
	return 0;
}

static enum ssh_verdict
try_keys(struct ssh_login *l, struct hd_err *err)
{
	if (choose_keys(l, err) < 0)
		return SSH_AUTH_FAILED;
	while (l->next < l->offers.n && l->shown < OFFERS_MAX) {
		const struct ssh_offer *o = &l->offers.v[l->next++];
		enum ssh_verdict v = ssh_auth_key(l, o, err);

		l->shown += v == SSH_AUTH_REFUSED || v == SSH_AUTH_STEP;
		if (v == SSH_AUTH_REFUSED)
			hd_str_addf(&l->refused, "%s%s",
			    l->refused.len > 0 ? ", " : "",
			    ssh_login_name(l, o));
		else if (v == SSH_AUTH_STEP)
			return ssh_login_ask(l, err);
		else if (v != SSH_AUTH_UNUSABLE)
			return v;
	}
	return SSH_AUTH_REFUSED;
}

static bool
is_final(const struct ssh_login *l, enum ssh_verdict v)
{
	return l->s->broken ||
	       (v != SSH_AUTH_REFUSED && v != SSH_AUTH_UNUSABLE);
}

/* Tries methods in the order of ssh's PreferredAuthentications; those that need
 * a secret only if it can be had. SSH_AUTH_REFUSED: no method is left. */
static enum ssh_verdict
try_next(struct ssh_login *l, struct hd_err *err)
{
	static const struct {
		const char *method;
		enum ssh_verdict (*run)(
		    struct ssh_login *l, struct hd_err *err);
		bool secret;
	} table[] = {
		{ "publickey", try_keys, false },
		{ "keyboard-interactive", ssh_auth_questions, true },
		{ "password", ssh_auth_password, true },
	};

	for (size_t i = 0; i < HD_COUNT(table); i++) {
		enum ssh_verdict v;

		if (l->tried[i] ||
		    !ssh_login_takes(l->methods, table[i].method) ||
		    (table[i].secret && !ssh_auth_has_secrets(l)))
			continue;
		v = table[i].run(l, err);
		l->tried[i] = table[i].secret;
		if (is_final(l, v))
			return v;
	}
	return SSH_AUTH_REFUSED;
}

/* Until the login succeeds or no method is left. */
static enum ssh_verdict
run(struct ssh_login *l, struct hd_err *err)
{
	enum ssh_verdict v = SSH_AUTH_STEP;

	for (int i = 0; v == SSH_AUTH_STEP && i < STEPS_MAX; i++) {
		const char *before = l->methods;

		v = try_next(l, err);
		if (v == SSH_AUTH_STEP)
			l->more = strcmp(before, l->methods) != 0;
	}
	return v;
}

static enum ssh_verdict
log_in(struct ssh_login *l, struct hd_err *err)
{
	enum ssh_verdict v = ssh_login_ask(l, err);

	return v == SSH_AUTH_STEP ? run(l, err) : v;
}

int
ssh_auth(struct hd_ssh *s, const struct hd_ssh_opts *o,
    struct ssh_key *const *keys, struct hd_err *err)
{
	struct ssh_login l = { .s = s,
		.o = o,
		.keys = keys,
		.agent = { .fd = -1 },
		.refused = HD_STR_INIT(1024),
		.notes = HD_STR_INIT(1024) };
	int rc = 0;

	switch (log_in(&l, err)) {
	case SSH_AUTH_DONE:
		break;
	case SSH_AUTH_LOST:
		rc = ssh_auth_lost(&l, err);
		break;
	case SSH_AUTH_FAILED:
		rc = -1;
		break;
	default:
		rc = ssh_auth_refused(&l, err);
		break;
	}
	ssh_agent_close(&l.agent);
	hd_str_done(&l.refused);
	hd_str_done(&l.notes);
	hd_arena_done(&l.arena);
	return rc;
}
