#include "transport/ssh_auth.h"

#include "core/base/str.h"
#include "transport/flow.h"

#include <string.h>

/* sshd disconnects at the sixth failure and may then refuse the address for a
 * while. */
enum { OFFERS_MAX = 5 };

enum verdict { ACCEPTED, REFUSED, LOST, UNUSABLE };

/* One authentication in progress. */
struct login {
	struct hd_ssh *s;
	const struct hd_ssh_opts *o;
	struct ssh_key *const *keys; /* end with NULL */
	unsigned offers;
	struct hd_str offered; /* names, for the error message */
	struct hd_str notes;   /* why other keys were not offered */
};

/* The table has the errors of the connection and the answers of the server; all
 * other errors come from reading the key. */
static enum verdict
judge(int rc)
{
	static const struct {
		int code;
		enum verdict verdict;
	} table[] = {
		{ 0, ACCEPTED },
		{ LIBSSH2_ERROR_AUTHENTICATION_FAILED, REFUSED },
		{ LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED, REFUSED },
		{ LIBSSH2_ERROR_ALGO_UNSUPPORTED, REFUSED },
		{ LIBSSH2_ERROR_EAGAIN, LOST },
		{ LIBSSH2_ERROR_SOCKET_SEND, LOST },
		{ LIBSSH2_ERROR_SOCKET_RECV, LOST },
		{ LIBSSH2_ERROR_SOCKET_DISCONNECT, LOST },
		{ LIBSSH2_ERROR_TIMEOUT, LOST },
	};

	for (size_t i = 0; i < HD_COUNT(table); i++)
		if (table[i].code == rc)
			return table[i].verdict;
	return UNUSABLE;
}

static void
note_offer(struct login *l, const char *kind, const char *name)
{
	char quoted[200] = "";

	l->offers++;
	hd_flow_quote(quoted, sizeof(quoted), name, strlen(name));
	hd_str_addf(&l->offered, "%s%s%s", l->offered.len > 0 ? ", " : "", kind,
	    quoted);
}

static enum verdict
offer_file(struct login *l, const struct ssh_key *k, struct hd_err *err)
{
	const char *user = l->o->user;
	int rc;

	note_offer(l, "", k->name);
	do
		rc = libssh2_userauth_publickey_frommemory(l->s->session, user,
		    strlen(user), NULL, 0, k->text, k->len, NULL);
	while (ssh_again(l->s, rc, "authentication", err));
	return judge(rc);
}

/* If not, notes the reason. */
static bool
can_sign(struct login *l, const struct ssh_key *k)
{
	if (k->state == SSH_KEY_PLAIN)
		return true;
	if (k->state == SSH_KEY_ENCRYPTED)
		hd_str_addf(&l->notes,
		    "; %s has a passphrase: add it to an ssh-agent "
		    "(ssh-add)",
		    k->name);
	else
		hd_str_addf(&l->notes, "; %s: %s", k->name, k->why);
	return false;
}

/* 1: logged in, 0: not, -1: give up, err is set. */
static int
try_files(struct login *l, struct hd_err *err)
{
	for (size_t i = 0; l->keys[i] != NULL; i++) {
		struct ssh_key *k = l->keys[i];

		if (!can_sign(l, k))
			continue;
		if (l->offers == OFFERS_MAX)
			return 0;
		switch (offer_file(l, k, err)) {
		case ACCEPTED:
			return 1;
		case REFUSED:
			break;
		case LOST:
			return ssh_fail(l->s, "authentication", err);
		case UNUSABLE:
			if (!l->o->login.named) {
				hd_str_addf(
				    &l->notes, "; %s is damaged", k->name);
				break;
			}
			return hd_err_set(err, HD_ELOCAL,
			    "key file %s: damaged, or of an unsupported type",
			    k->name);
		}
	}
	return 0;
}

static enum verdict
offer_agent_key(struct login *l, LIBSSH2_AGENT *agent,
    struct libssh2_agent_publickey *key, struct hd_err *err)
{
	int rc;

	note_offer(l, "agent key ", key->comment != NULL ? key->comment : "?");
	do
		rc = libssh2_agent_userauth(agent, l->o->user, key);
	while (ssh_again(l->s, rc, "authentication", err));
	return judge(rc);
}

/* Whether key belongs to a key file that deploy.ini names. */
static bool
is_named(const struct login *l, const struct libssh2_agent_publickey *key)
{
	const struct hd_bytes blob = { key->blob, key->blob_len };

	for (size_t i = 0; l->keys[i] != NULL; i++)
		if (ssh_key_is(l->keys[i], blob))
			return true;
	return false;
}

/* If the agent cannot use one key, tries the next one. */
static int
try_agent_keys(
    struct login *l, LIBSSH2_AGENT *agent, bool named, struct hd_err *err)
{
	struct libssh2_agent_publickey *key = NULL;

	while (l->offers < OFFERS_MAX &&
	       libssh2_agent_get_identity(agent, &key, key) == 0) {
		enum verdict v;

		if (is_named(l, key) != named)
			continue;
		v = offer_agent_key(l, agent, key, err);
		if (v == ACCEPTED)
			return 1;
		if (v == LOST)
			return ssh_fail(l->s, "authentication", err);
	}
	return 0;
}

/* Offers the keys that deploy.ini names first, whatever the agent's order. */
static int
try_agent_in_order(struct login *l, LIBSSH2_AGENT *agent, struct hd_err *err)
{
	int rc = try_agent_keys(l, agent, true, err);

	if (rc == 0)
		rc = try_agent_keys(l, agent, false, err);
	if (rc == 0 && l->offers == OFFERS_MAX)
		hd_str_add(&l->notes,
		    "; hdeploy offers at most 5 keys, because servers "
		    "disconnect at the sixth failure: set identity in "
		    "deploy.ini to the right one");
	return rc;
}

static int
try_agent(struct login *l, struct hd_err *err)
{
	LIBSSH2_AGENT *agent;
	int rc = 0;

	if (l->o->login.agent == NULL || l->o->login.agent[0] == '\0' ||
	    l->offers == OFFERS_MAX)
		return 0;
	agent = libssh2_agent_init(l->s->session);
	if (agent == NULL)
		return ssh_fail(l->s, "authentication", err);
	libssh2_agent_set_identity_path(agent, l->o->login.agent);
	if (libssh2_agent_connect(agent) != 0 ||
	    libssh2_agent_list_identities(agent) != 0)
		hd_str_addf(&l->notes, "; the ssh-agent at %s does not answer",
		    l->o->login.agent);
	else
		rc = try_agent_in_order(l, agent, err);
	libssh2_agent_free(agent);
	return rc;
}

/* Adds the methods that the server would accept instead. Asks only for an error
 * message, because the question counts as a failed attempt. */
static void
add_other_methods(struct login *l)
{
	struct hd_err ignored;
	char quoted[120] = "";
	const char *list;

	do
		list = libssh2_userauth_list(
		    l->s->session, l->o->user, (unsigned)strlen(l->o->user));
	while (list == NULL &&
	       ssh_again(l->s, libssh2_session_last_errno(l->s->session),
		   "authentication", &ignored));
	if (list == NULL || strstr(list, "publickey") != NULL)
		return;
	hd_flow_quote(quoted, sizeof(quoted), list, strlen(list));
	hd_str_addf(&l->notes,
	    "; the server wants %s, which hdeploy does not support", quoted);
}

static int
refused(struct login *l, struct hd_err *err)
{
	const struct hd_ssh_opts *o = l->o;

	if (l->offers == 0)
		return hd_err_set(err, HD_ELOCAL,
		    "no key to log in to %s port %u as %s%s; set identity in "
		    "deploy.ini to a key file, or start an ssh-agent",
		    o->address, o->port, o->user, l->notes.ptr);
	add_other_methods(l);
	return hd_err_set(err, HD_EAUTH,
	    "%s port %u refused to log in %s with %s%s; add the public key to "
	    "that user's authorized_keys; if it is there already, see sshd's "
	    "log on the host for the reason, such as a locked account",
	    o->address, o->port, o->user, l->offered.ptr, l->notes.ptr);
}

int
ssh_auth(struct hd_ssh *s, const struct hd_ssh_opts *o,
    struct ssh_key *const *keys, struct hd_err *err)
{
	struct login l = { .s = s,
		.o = o,
		.keys = keys,
		.offered = HD_STR_INIT(1024),
		.notes = HD_STR_INIT(1024) };
	int rc = try_files(&l, err);

	if (rc == 0)
		rc = try_agent(&l, err);
	if (rc == 0)
		rc = refused(&l, err);
	hd_str_done(&l.offered);
	hd_str_done(&l.notes);
	return rc < 0 ? -1 : 0;
}
