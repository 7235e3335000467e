#include "transport/quote.h"
#include "transport/ssh_login.h"

#include <string.h>

/*
 * Why a login failed: first the reason, then advice, then details, because the
 * end of a long message is cut. Gives advice only for a cause that was seen:
 * "add the public key to authorized_keys" helps if the server accepts keys and
 * refused all of ours, and in no other case.
 */

enum { MESSAGE_MAX = sizeof(((struct hd_err *)0)->msg) };

/* "a password or another key" */
static void
add_methods(struct hd_str *out, const char *methods)
{
	static const struct {
		const char *method, *words;
	} table[] = {
		{ "publickey", "another key" },
		{ "password", "a password" },
		{ "keyboard-interactive", "answers to its questions" },
		{ "gssapi-with-mic", "Kerberos, which hdeploy does not have" },
		{ "hostbased",
		    "the key of this machine, which hdeploy does not use" },
	};
	char quoted[80] = "";
	bool any = false;

	for (size_t i = 0; i < HD_COUNT(table); i++)
		if (ssh_login_takes(methods, table[i].method)) {
			hd_str_addf(
			    out, "%s%s", any ? " or " : "", table[i].words);
			any = true;
		}
	if (any)
		return;
	hd_quote(quoted, sizeof(quoted), methods, strlen(methods));
	hd_str_addf(out, "methods that hdeploy does not have (%s)", quoted);
}

static bool
takes_secrets(const char *methods)
{
	return ssh_login_takes(methods, "password") ||
	       ssh_login_takes(methods, "keyboard-interactive");
}

static void
add_host(struct hd_str *out, const struct ssh_login *l)
{
	hd_str_addf(out, "%s port %u ", l->o->address, l->o->port);
}

/* Why no password was accepted, with advice. */
static void
add_password_advice(struct hd_str *out, const struct ssh_login *l)
{
	if (l->secret_why != NULL)
		hd_str_addf(out, "; %s", l->secret_why);
}

/* The same if a key would be enough. */
static void
add_password_hint(struct hd_str *out, const struct ssh_login *l)
{
	if (l->secret_why != NULL && !l->tried[1] && !l->tried[2])
		hd_str_addf(out, "; for a password, which it also accepts, %s",
		    l->secret_why);
	else
		add_password_advice(out, l);
}

static void
say_taken(struct hd_str *out, const struct ssh_login *l)
{
	add_host(out, l);
	hd_str_addf(out, "accepted %s for %s, ", l->taken, l->o->user);
	hd_str_add(out, l->more ? "and then also wants "
				: "but did not log in and asks again for ");
	add_methods(out, l->methods);
	if (takes_secrets(l->methods))
		add_password_advice(out, l);
	else if (!l->more)
		hd_str_add(out, "; sshd's log on the host has the reason");
}

static void
say_unsigned(struct hd_str *out, const struct ssh_login *l)
{
	add_host(out, l);
	hd_str_addf(
	    out, "would take %s for %s, but ", l->unsigned_key, l->o->user);
	if (l->declined)
		hd_str_add(out,
		    "the ssh-agent refused to sign with it: its user declined "
		    "(ssh-add -c), it is locked (ssh-add -x), or the key is "
		    "only for some hosts (ssh-add -h), which hdeploy cannot "
		    "use");
	else
		hd_str_addf(out, "%s", l->unsigned_why);
}

static void
say_no_keys(struct hd_str *out, const struct ssh_login *l)
{
	add_host(out, l);
	hd_str_addf(out, "takes no keys for %s, only ", l->o->user);
	add_methods(out, l->methods);
	add_password_advice(out, l);
}

static void
say_refused(struct hd_str *out, const struct ssh_login *l)
{
	add_host(out, l);
	hd_str_addf(
	    out, "refused to log in %s with %s", l->o->user, l->refused.ptr);
	hd_str_add(out,
	    "; add the public key to that user's authorized_keys; if it is "
	    "there already, see sshd's log on the host for the reason, such as "
	    "a locked account");
	add_password_hint(out, l);
}

/* The note about a key that the user named says what helps. */
static void
say_nothing_to_offer(struct hd_str *out, const struct ssh_login *l)
{
	hd_str_add(out, "no key to log in to ");
	add_host(out, l);
	hd_str_addf(out, "as %s%s", l->o->user, l->notes.ptr);
	if (!l->o->login.named || l->notes.len == 0)
		hd_str_add(out,
		    "; set identity in deploy.ini to a key file, or start an "
		    "ssh-agent");
	add_password_hint(out, l);
}

static void
say_no_password(struct hd_str *out, const struct ssh_login *l)
{
	add_host(out, l);
	hd_str_addf(out, "did not log %s in: %s", l->o->user, l->secret_why);
}

/* The rest: refused keys, keys that were not offered, notes. */
static void
add_details(struct hd_str *out, const struct ssh_login *l, bool keys)
{
	if (keys && l->refused.len > 0)
		hd_str_addf(out, "; it refused %s", l->refused.ptr);
	if (l->next < l->offers.n)
		hd_str_addf(out,
		    "; %zu more were not offered, because servers disconnect "
		    "at the sixth failure: set identity in deploy.ini to the "
		    "right one",
		    l->offers.n - l->next);
	hd_str_add(out, l->notes.ptr);
}

static void
add_words(struct hd_str *out, const char *words)
{
	if (words[0] != '\0')
		hd_str_addf(out, "; the server said: %.200s", words);
}

int
ssh_auth_refused(struct ssh_login *l, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(4 * MESSAGE_MAX);
	bool keys = ssh_login_takes(l->first, "publickey");

	if (l->taken != NULL)
		say_taken(&text, l);
	else if (l->unsigned_key != NULL)
		say_unsigned(&text, l);
	else if (!keys)
		say_no_keys(&text, l);
	else if (l->refused.len > 0)
		say_refused(&text, l);
	else if (l->tried[1] || l->tried[2])
		say_no_password(&text, l);
	else {
		say_nothing_to_offer(&text, l);
		return hd_err_set(err, HD_ELOCAL, "%s", text.ptr);
	}
	add_details(&text, l, l->taken != NULL || l->unsigned_key != NULL);
	add_words(&text, ssh_server_words(l->s));
	return hd_err_set(err,
	    l->taken == NULL && l->unsigned_key != NULL ? HD_ELOCAL : HD_EAUTH,
	    "%s", text.ptr);
}

/* sshd sends this text with SSH_MSG_DISCONNECT (auth.c:auth_maxtries_exceeded),
 * dropbear a shorter one. */
static bool
too_many(const char *words)
{
	return strstr(words, "oo many authentication failures") != NULL ||
	       strstr(words, "axAuthTries") != NULL;
}

static void
say_too_many(struct hd_str *out, const struct ssh_login *l)
{
	add_host(out, l);
	hd_str_addf(out,
	    "closed the connection after too many failures (its MaxAuthTries); "
	    "set identity in deploy.ini to the right key");
	if (l->refused.len > 0)
		hd_str_addf(out, "; it refused %s", l->refused.ptr);
	add_password_advice(out, l);
	hd_str_add(out, l->notes.ptr);
}

static void
say_closed(struct hd_str *out, const struct ssh_login *l, const char *words)
{
	add_host(out, l);
	if (l->taken != NULL)
		hd_str_addf(out,
		    "accepted %s for %s, then closed the connection", l->taken,
		    l->o->user);
	else
		hd_str_addf(out, "closed the connection during the login of %s",
		    l->o->user);
	if (words[0] == '\0')
		hd_str_add(
		    out, " and gave no reason; sshd's log on the host has it");
	add_words(out, words);
	if (l->refused.len > 0)
		hd_str_addf(out, "; it refused %s", l->refused.ptr);
}

int
ssh_auth_lost(struct ssh_login *l, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(4 * MESSAGE_MAX);
	const char *words;

	if (!l->s->hung_up)
		return ssh_fail(l->s, "authentication", err);
	ssh_break(l->s);
	words = ssh_server_words(l->s);
	if (strcmp(words, l->banner) == 0) /* came before anything was tried */
		words = "";
	if (too_many(words))
		say_too_many(&text, l);
	else
		say_closed(&text, l, words);
	/* if nothing points to a refusal, the network may have failed */
	return hd_err_set(err,
	    l->taken != NULL || words[0] != '\0' ? HD_EAUTH : HD_ECONNECT, "%s",
	    text.ptr);
}
