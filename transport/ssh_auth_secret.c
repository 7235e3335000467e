#include "core/base/secret.h"
#include "transport/quote.h"
#include "transport/ssh_client.h"
#include "transport/ssh_login.h"

#include <stdlib.h>
#include <string.h>

enum { REQUESTS_MAX = 10, PROMPTS_MAX = 10, QUESTION_MAX = 1024 };

static void
explain(struct ssh_login *l, const char *why)
{
	l->secret_why = hd_arena_strdup(&l->arena, why);
}

/* The password of the run, unless this server refused it already. */
static enum ssh_verdict
begin(struct ssh_login *l, struct ssh_password_try *t, struct hd_err *err)
{
	struct hd_ssh_client *c = l->o->client;
	const struct ssh_password_of of = {
		.use = &ssh_password_login,
		.user = l->o->user,
		.command = l->o->login.password_command,
		.host = l->o->address,
	};
	struct hd_err why = { 0 };
	int64_t start = hd_clock_ms();
	int rc = ssh_password_begin(
	    t, &c->passwords, &c->secrets, &of, l->s->stage, &why);

	ssh_login_give_back(l, start);
	if (rc < 0 && why.code == HD_ECANCELED) {
		*err = why;
		return SSH_AUTH_FAILED;
	}
	if (rc < 0) {
		explain(l, why.msg);
		return SSH_AUTH_UNUSABLE;
	}
	if (t->version != l->refused_password)
		return SSH_AUTH_STEP;
	ssh_password_end(t, &c->passwords, SSH_PASSWORD_UNKNOWN);
	return SSH_AUTH_UNUSABLE;
}

static void
end(struct ssh_login *l, struct ssh_password_try *t, enum ssh_verdict v)
{
	enum ssh_password_end how = SSH_PASSWORD_UNKNOWN;

	if (v == SSH_AUTH_DONE || v == SSH_AUTH_STEP)
		how = SSH_PASSWORD_ACCEPTED;
	else if (v == SSH_AUTH_REFUSED)
		how = SSH_PASSWORD_REFUSED;
	if (v == SSH_AUTH_REFUSED)
		l->refused_password = t->version;
	ssh_password_end(t, &l->o->client->passwords, how);
}

/* libssh2 does not distinguish a refusal from a step that succeeded. After such
 * a step the server accepts other methods. */
static enum ssh_verdict
judge(struct ssh_login *l, int rc, struct hd_err *err)
{
	const char *before = l->methods;
	enum ssh_verdict v;

	if (rc == 0)
		return SSH_AUTH_DONE;
	if (l->s->broken)
		return SSH_AUTH_FAILED;
	if (rc != LIBSSH2_ERROR_AUTHENTICATION_FAILED)
		return SSH_AUTH_LOST;
	v = ssh_login_ask(l, err);
	if (v == SSH_AUTH_STEP && strcmp(before, l->methods) == 0)
		return SSH_AUTH_REFUSED;
	return v;
}

static const char *
source(const struct ssh_login *l)
{
	return l->o->login.password_command != NULL
		   ? "the password from password_command"
		   : "the password that was typed";
}

static enum ssh_verdict
expired(struct ssh_login *l)
{
	explain(
	    l, "it wants a new password: log in once with ssh and change it");
	return SSH_AUTH_UNUSABLE;
}

static enum ssh_verdict
send_password(struct ssh_login *l, const char *text, struct hd_err *err)
{
	const char *user = l->o->user;
	int rc;

	do
		rc = libssh2_userauth_password_ex(l->s->session, user,
		    (unsigned)strlen(user), text, (unsigned)strlen(text), NULL);
	while (ssh_again(l->s, rc, "authentication", err));
	if (rc == LIBSSH2_ERROR_PASSWORD_EXPIRED)
		return expired(l);
	return judge(l, rc, err);
}

/* Repeats only if a person can type another password. */
enum ssh_verdict
ssh_auth_password(struct ssh_login *l, struct hd_err *err)
{
	struct ssh_password_try t;
	enum ssh_verdict v;

	do {
		v = begin(l, &t, err);
		if (v != SSH_AUTH_STEP)
			return v;
		v = send_password(l, t.text, err);
		if (v == SSH_AUTH_REFUSED)
			explain(l, hd_arena_fmt(
				       &l->arena, "it refused %s", source(l)));
		if (v == SSH_AUTH_STEP)
			l->taken = "the password";
		end(l, &t, v);
	} while (v == SSH_AUTH_REFUSED && l->o->login.password_command == NULL);
	return v;
}

/* One keyboard-interactive login; libssh2's callback finds it in s->asking. */
struct ssh_asking {
	struct ssh_login *l;
	struct ssh_password_try password;
	bool has_password; /* it was one of the answers */
	bool stopped;      /* an answer is missing, so none are sent */
	unsigned requests;
	struct hd_err err; /* HD_ECANCELED, or none */
};

static bool
answer_password(struct ssh_asking *x, char **out)
{
	enum ssh_verdict v = begin(x->l, &x->password, &x->err);

	if (v != SSH_AUTH_STEP)
		return false;
	x->has_password = true;
	*out = hd_strdup(x->password.text);
	return true;
}

static void
add_quoted(struct hd_str *out, const char *text, size_t n)
{
	char quoted[300] = "";

	hd_quote(quoted, sizeof(quoted), text, n);
	if (quoted[0] != '\0')
		hd_str_addf(out, " %s", quoted);
}

static bool
ask_person(struct ssh_asking *x, const char *question, char **out)
{
	const struct ssh_secrets *secrets = &x->l->o->client->secrets;
	HD_AUTO_SECRET char *answer = NULL;
	int64_t start = hd_clock_ms();
	struct hd_err why;
	int rc = secrets->ask(secrets->ctx, question, &answer, &why);

	ssh_login_give_back(x->l, start);
	if (rc < 0 && why.code == HD_ECANCELED)
		x->err = why;
	if (rc < 0 || *answer == '\0') {
		explain(x->l, rc < 0 ? why.msg : "no answer was given");
		return false;
	}
	*out = hd_strdup(answer);
	return true;
}

static bool
answer_question(struct ssh_asking *x, const char *instruction, size_t n,
    const LIBSSH2_USERAUTH_KBDINT_PROMPT *p, char **out)
{
	const struct hd_ssh_opts *o = x->l->o;
	HD_AUTO_STR question = HD_STR_INIT(QUESTION_MAX);

	if (o->client->secrets.ask == NULL) {
		add_quoted(&question, (const char *)p->text, p->length);
		explain(
		    x->l, hd_arena_fmt(&x->l->arena,
			      "it asks \"%s\", which a person must answer: run "
			      "hdeploy at a terminal",
			      question.len > 0 ? question.ptr + 1 : ""));
		return false;
	}
	hd_str_addf(&question, "%.200s asks %.200s:", o->address, o->user);
	add_quoted(&question, instruction, n);
	add_quoted(&question, (const char *)p->text, p->length);
	return ask_person(x, question.ptr, out);
}

/* NULL: there is no answer. */
static char *
answer_one(struct ssh_asking *x, const char *instruction, size_t n,
    const LIBSSH2_USERAUTH_KBDINT_PROMPT *p)
{
	char *text = NULL;
	bool answered;

	if (!p->echo && !x->has_password &&
	    ssh_password_is_wanted(
		(const char *)p->text, p->length, x->l->o->user))
		answered = answer_password(x, &text);
	else
		answered = answer_question(x, instruction, n, p, &text);
	return answered ? text : NULL;
}

static void
give_up(struct ssh_asking *x)
{
	explain(x->l, "it asks more questions than hdeploy answers");
	x->stopped = true;
}

static LIBSSH2_USERAUTH_KBDINT_RESPONSE_FUNC(answer)
{
	struct hd_ssh *s = *abstract;
	struct ssh_asking *x = s->asking;

	(void)name, (void)name_len;
	if (++x->requests > REQUESTS_MAX || num_prompts > PROMPTS_MAX)
		give_up(x);
	for (int i = 0; i < num_prompts && !x->stopped; i++) {
		char *text = answer_one(
		    x, instruction, (size_t)instruction_len, &prompts[i]);

		x->stopped = text == NULL;
		responses[i].text = text;
		responses[i].length = text != NULL ? (unsigned)strlen(text) : 0;
	}
	/* libssh2 would send empty answers */
	if (x->stopped)
		ssh_break(s);
}

static enum ssh_verdict
ask_and_send(struct ssh_asking *x, struct hd_err *err)
{
	struct ssh_login *l = x->l;
	const char *user = l->o->user;
	int rc;

	l->s->asking = x;
	do
		rc = libssh2_userauth_keyboard_interactive_ex(
		    l->s->session, user, (unsigned)strlen(user), answer);
	while (ssh_again(l->s, rc, "authentication", err));
	l->s->asking = NULL;
	/* libssh2's own limit */
	if (rc != 0 && libssh2_session_last_errno(l->s->session) ==
			   LIBSSH2_ERROR_OUT_OF_BOUNDARY) {
		give_up(x);
		ssh_break(l->s);
	}
	if (!x->stopped)
		return judge(l, rc, err);
	if (x->err.code == HD_OK)
		return SSH_AUTH_UNUSABLE;
	*err = x->err;
	return SSH_AUTH_FAILED;
}

/* Repeats only if a person can type another password. */
enum ssh_verdict
ssh_auth_questions(struct ssh_login *l, struct hd_err *err)
{
	enum ssh_verdict v;
	bool again;

	do {
		struct ssh_asking x = { .l = l };

		v = ask_and_send(&x, err);
		if (v == SSH_AUTH_REFUSED)
			explain(l, x.has_password
				       ? hd_arena_fmt(&l->arena,
					     "it refused %s", source(l))
				       : "it refused the answers");
		if (v == SSH_AUTH_STEP)
			l->taken = "the answers to its questions";
		if (x.has_password)
			end(l, &x.password, v);
		again = v == SSH_AUTH_REFUSED && x.has_password &&
			l->o->login.password_command == NULL;
	} while (again);
	return v;
}

bool
ssh_auth_has_secrets(struct ssh_login *l)
{
	if (l->o->client->secrets.ask != NULL ||
	    l->o->login.password_command != NULL)
		return true;
	explain(l,
	    "set password_command in deploy.ini, or run hdeploy at a terminal, "
	    "where it asks");
	return false;
}
