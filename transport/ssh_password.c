#include "transport/ssh_password.h"

#include "core/base/clock.h"
#include "core/base/secret.h"
#include "core/base/str.h"

#include <stdlib.h>
#include <string.h>

enum { QUESTIONS_MAX = 3 };

struct ssh_password_use {
	const char *key;               /* of deploy.ini */
	const char *question;          /* for a person, before the user */
	unsigned refusals;             /* after these nobody sends it */
	const char *refuser, *refuses; /* words for the message */
	size_t max;      /* bytes, none of them a control character; 0: any */
	bool asks_again; /* a person whose password was refused */
	const char *advice; /* if nobody can be asked */
};
const struct ssh_password_use ssh_password_login = {
	.key = "password_command",
	.question = "password of",
	.refusals = 2,
	.refuser = "two hosts",
	.refuses = "refused",
	.asks_again = true,
	.advice = "set password_command in deploy.ini, or run hdeploy at a "
		  "terminal, where it asks",
};
const struct ssh_password_use ssh_password_sudo = {
	.key = "sudo_password",
	.question = "sudo password of",
	.refusals = 1,
	.refuser = "sudo",
	.refuses = "did not accept",
	.max = 255, /* sudo 1.8 reads no more */
	.advice = "sudo_password = ask needs a terminal: set it to command or "
		  "env in deploy.ini, or run hdeploy at a terminal",
};

struct refuser {
	struct refuser *next;
	char *host;
};

struct ssh_password {
	struct ssh_password *next;
	const struct ssh_password_use *use;
	char *user;
	char *command, *variable; /* NULL, NULL: ask a person */
	char *text;               /* NULL: not obtained yet */
	char *why;         /* why nobody may send it; NULL: no such reason */
	enum hd_code code; /* of why */
	unsigned version;
	bool busy;     /* a thread obtains it, or tries it alone */
	bool accepted; /* by a server */
	unsigned refusals;
	struct refuser *refusers; /* the last one first */
};

void
ssh_passwords_init(struct ssh_passwords *p)
{
	*p = (struct ssh_passwords){ .first = NULL };
	pthread_mutex_init(&p->lock, NULL);
	hd_clock_condition(&p->changed);
}

static void
forget(struct ssh_password *one)
{
	while (one->refusers != NULL) {
		struct refuser *r = one->refusers;

		one->refusers = r->next;
		free(r->host);
		free(r);
	}
	hd_secret_free(one->text);
	free(one->user);
	free(one->command);
	free(one->variable);
	free(one->why);
	free(one);
}

void
ssh_passwords_done(struct ssh_passwords *p)
{
	while (p->first != NULL) {
		struct ssh_password *one = p->first;

		p->first = one->next;
		forget(one);
	}
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static char *
copy(const char *text)
{
	return text != NULL ? hd_strdup(text) : NULL;
}

static struct ssh_password *
find(struct ssh_passwords *p, const struct ssh_password_of *of)
{
	struct ssh_password *one;

	for (one = p->first; one != NULL; one = one->next)
		if (one->use == of->use && same(one->user, of->user) &&
		    same(one->command, of->command) &&
		    same(one->variable, of->variable))
			return one;
	one = hd_alloc(sizeof(*one));
	one->use = of->use;
	one->user = hd_strdup(of->user);
	one->command = copy(of->command);
	one->variable = copy(of->variable);
	one->next = p->first;
	p->first = one;
	return one;
}

static bool
is_asked(const struct ssh_password *one)
{
	return one->command == NULL && one->variable == NULL;
}

static int
ask(const struct ssh_password *one, const struct ssh_secrets *secrets,
    char **out, struct hd_err *err)
{
	HD_AUTO_STR question = HD_STR_INIT(1024);

	if (secrets->ask == NULL)
		return hd_err_set(err, HD_ELOCAL, "%s", one->use->advice);
	if (one->refusers != NULL)
		hd_str_addf(&question,
		    "%.200s refused it, try again: ", one->refusers->host);
	hd_str_addf(&question,
	    "%s %.200s, for all hosts of this run that want one",
	    one->use->question, one->user);
	if (secrets->ask(secrets->ctx, question.ptr, out, err) < 0)
		return -1;
	if (**out != '\0')
		return 0;
	hd_secret_free(*out);
	*out = NULL;
	return hd_err_set(err, HD_ELOCAL, "no password was given");
}

static int
take_variable(const struct ssh_password *one, const struct ssh_secrets *secrets,
    char **out, struct hd_err *err)
{
	const char *text = ssh_secret_given(secrets, one->variable);
	size_t n;

	if (text == NULL || *text == '\0')
		return hd_err_set(err, HD_ELOCAL,
		    "%s: the environment variable %s is not set", one->use->key,
		    one->variable);
	n = strlen(text);
	if (text[n - 1] == '\n')
		n--; /* a file of a CI system ends with one */
	*out = hd_secret_copy(text, n);
	return 0;
}

/* sudo reads one line, and on a terminal some control characters edit it. */
static int
check(struct ssh_password *one, struct hd_err *err)
{
	bool wrong = one->use->max > 0 && strlen(one->text) > one->use->max;

	for (const char *c = one->text; *c != '\0' && one->use->max > 0; c++)
		wrong |= (unsigned char)*c < ' ' || *c == '\177';
	if (!wrong)
		return 0;
	hd_secret_free(one->text);
	one->text = NULL;
	return hd_err_set(err, HD_ELOCAL,
	    "the password from %s is longer than %zu bytes or has a control "
	    "character",
	    one->use->key, one->use->max);
}

/* Without the lock, which the caller holds before and after. */
static int
get(struct ssh_password *one, const struct ssh_secrets *secrets,
    enum hd_cancel stage, struct hd_err *err)
{
	const struct hd_pair set[] = { { "HDEPLOY_USER", one->user } };

	if (is_asked(one))
		return ask(one, secrets, &one->text, err);
	if (one->variable != NULL)
		return take_variable(one, secrets, &one->text, err);
	return ssh_secret_command(&one->text, one->use->key, one->command, set,
	    HD_COUNT(set), stage, err);
}

static void
forbid(struct ssh_password *one, enum hd_code code, const char *why)
{
	one->why = hd_strdup(why);
	one->code = code;
}

static int
fetch(struct ssh_passwords *p, struct ssh_password *one,
    const struct ssh_secrets *secrets, enum hd_cancel stage, struct hd_err *err)
{
	int rc;

	one->busy = true;
	pthread_mutex_unlock(&p->lock);
	rc = get(one, secrets, stage, err);
	if (rc == 0)
		rc = check(one, err);
	pthread_mutex_lock(&p->lock);
	one->busy = false;
	if (rc == 0)
		one->version++;
	else if (err->code != HD_ECANCELED)
		forbid(one, err->code, err->msg);
	pthread_cond_broadcast(&p->changed);
	return rc;
}

/* Waits until the password is there and nobody else tries it. With the lock
 * held. */
static int
await(struct ssh_passwords *p, struct ssh_password *one,
    const struct ssh_secrets *secrets, enum hd_cancel stage, struct hd_err *err)
{
	for (;;) {
		if (hd_cancel_reached(stage))
			return hd_err_set(err, HD_ECANCELED, "interrupted");
		if (one->busy) {
			hd_clock_moment(&p->changed, &p->lock);
			continue;
		}
		if (one->why != NULL)
			return hd_err_set(err, one->code, "%s", one->why);
		if (one->text != NULL)
			return 0;
		if (fetch(p, one, secrets, stage, err) < 0)
			return -1;
	}
}

int
ssh_password_obtain(struct ssh_passwords *p, const struct ssh_secrets *secrets,
    const struct ssh_password_of *of, enum hd_cancel stage, struct hd_err *err)
{
	struct ssh_password *one;
	int rc = 0;

	pthread_mutex_lock(&p->lock);
	one = find(p, of);
	if (one->text == NULL)
		rc = await(p, one, secrets, stage, err);
	pthread_mutex_unlock(&p->lock);
	return rc;
}

/* A password is not sent twice to sudo on one host that refused it. */
static int
check_refusers(
    const struct ssh_password *one, const char *host, struct hd_err *err)
{
	for (const struct refuser *r = one->refusers;
	     r != NULL && !one->use->asks_again; r = r->next)
		if (strcmp(r->host, host) == 0)
			return hd_err_set(err, HD_EAUTH,
			    "%s %s the password from %s, so hdeploy does not "
			    "send it again",
			    one->use->refuser, one->use->refuses,
			    one->use->key);
	return 0;
}

int
ssh_password_begin(struct ssh_password_try *t, struct ssh_passwords *p,
    const struct ssh_secrets *secrets, const struct ssh_password_of *of,
    enum hd_cancel stage, struct hd_err *err)
{
	int rc;

	pthread_mutex_lock(&p->lock);
	t->of = find(p, of);
	rc = await(p, t->of, secrets, stage, err);
	if (rc == 0)
		rc = check_refusers(t->of, of->host, err);
	if (rc == 0)
		t->of->busy = !t->of->accepted;
	t->host = of->host;
	t->text = t->of->text;
	t->version = t->of->version;
	pthread_mutex_unlock(&p->lock);
	return rc;
}

static void
add_refuser(struct ssh_password *one, const char *host)
{
	struct refuser *r = hd_alloc(sizeof(*r));

	r->host = hd_strdup(host);
	r->next = one->refusers;
	one->refusers = r;
}

static void
give_up(struct ssh_password *one, const char *host)
{
	HD_AUTO_STR why = HD_STR_INIT(1024);

	hd_str_add(&why, one->use->refuser);
	if (one->use->refusals == 1)
		hd_str_addf(&why, " on %.200s", host);
	hd_str_addf(&why,
	    " %s the password from %s, so hdeploy sends it to no other host",
	    one->use->refuses, one->use->key);
	forbid(one, HD_EAUTH, why.ptr);
}

static void
refuse(struct ssh_password *one, const char *host)
{
	one->refusals++;
	if (!is_asked(one) || !one->use->asks_again) {
		if (one->refusals == one->use->refusals)
			give_up(one, host);
		return;
	}
	hd_secret_free(one->text);
	one->text = NULL;
	if (one->refusals == QUESTIONS_MAX)
		forbid(one, HD_EAUTH, "three wrong passwords were typed");
}

void
ssh_password_end(struct ssh_password_try *t, struct ssh_passwords *p,
    enum ssh_password_end end)
{
	struct ssh_password *one = t->of;

	pthread_mutex_lock(&p->lock);
	if (end == SSH_PASSWORD_REFUSED)
		add_refuser(one, t->host);
	if (end == SSH_PASSWORD_ACCEPTED)
		one->accepted = true;
	else if (end == SSH_PASSWORD_REFUSED && !one->accepted)
		refuse(one, t->host);
	one->busy = false;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	t->text = NULL;
}
