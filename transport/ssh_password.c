#include "transport/ssh_password.h"

#include "core/base/clock.h"
#include "core/base/secret.h"
#include "core/base/str.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { REFUSALS_MAX = 2, QUESTIONS_MAX = 3 };

struct ssh_password {
	struct ssh_password *next;
	char *user;
	char *command; /* NULL: ask a person */
	char *text;    /* NULL: not obtained yet */
	char *why;     /* why nobody may send it; NULL: no such reason */
	unsigned version;
	bool busy;     /* a thread obtains it, or tries it alone */
	bool accepted; /* by a server */
	unsigned refusals;
	char *refuser; /* the last host that refused it; NULL: none */
};

void
ssh_passwords_init(struct ssh_passwords *p)
{
	*p = (struct ssh_passwords){ .first = NULL };
	pthread_mutex_init(&p->lock, NULL);
	hd_clock_condition(&p->changed);
}

void
ssh_passwords_done(struct ssh_passwords *p)
{
	while (p->first != NULL) {
		struct ssh_password *one = p->first;

		p->first = one->next;
		hd_secret_free(one->text);
		free(one->user);
		free(one->command);
		free(one->why);
		free(one->refuser);
		free(one);
	}
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static struct ssh_password *
find(struct ssh_passwords *p, const char *user, const char *command)
{
	struct ssh_password *one;

	for (one = p->first; one != NULL; one = one->next)
		if (same(one->user, user) && same(one->command, command))
			return one;
	one = hd_alloc(sizeof(*one));
	one->user = hd_strdup(user);
	one->command = command != NULL ? hd_strdup(command) : NULL;
	one->next = p->first;
	p->first = one;
	return one;
}

static int
ask(const struct ssh_password *one, const struct ssh_secrets *secrets,
    char **out, struct hd_err *err)
{
	HD_AUTO_STR question = HD_STR_INIT(1024);

	if (secrets->ask == NULL)
		return hd_err_set(err, HD_ELOCAL,
		    "set password_command in deploy.ini, or run hdeploy at a "
		    "terminal, where it asks");
	if (one->refuser != NULL)
		hd_str_addf(
		    &question, "%.200s refused it, try again: ", one->refuser);
	hd_str_addf(&question,
	    "password of %.200s, for all hosts of this run that want one",
	    one->user);
	if (secrets->ask(secrets->ctx, question.ptr, out, err) < 0)
		return -1;
	if (**out != '\0')
		return 0;
	hd_secret_free(*out);
	*out = NULL;
	return hd_err_set(err, HD_ELOCAL, "no password was given");
}

/* Without the lock, which the caller holds before and after. */
static int
get(struct ssh_password *one, const struct ssh_secrets *secrets,
    enum hd_cancel stage, struct hd_err *err)
{
	const struct hd_pair set[] = { { "HDEPLOY_USER", one->user } };

	if (one->command == NULL)
		return ask(one, secrets, &one->text, err);
	return ssh_secret_command(&one->text, "password_command", one->command,
	    set, HD_COUNT(set), stage, err);
}

static int
fetch(struct ssh_passwords *p, struct ssh_password *one,
    const struct ssh_secrets *secrets, enum hd_cancel stage, struct hd_err *err)
{
	int rc;

	one->busy = true;
	pthread_mutex_unlock(&p->lock);
	rc = get(one, secrets, stage, err);
	pthread_mutex_lock(&p->lock);
	one->busy = false;
	if (rc == 0)
		one->version++;
	else if (err->code != HD_ECANCELED)
		one->why = hd_strdup(err->msg);
	pthread_cond_broadcast(&p->changed);
	return rc;
}

/* Waits until this thread may send the password. With the lock held. */
static int
reserve(struct ssh_passwords *p, struct ssh_password *one,
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
			return hd_err_set(err, HD_ELOCAL, "%s", one->why);
		if (one->text != NULL)
			break;
		if (fetch(p, one, secrets, stage, err) < 0)
			return -1;
	}
	one->busy = !one->accepted;
	return 0;
}

int
ssh_password_begin(struct ssh_password_try *t, struct ssh_passwords *p,
    const struct ssh_secrets *secrets, const struct hd_ssh_opts *o,
    enum hd_cancel stage, struct hd_err *err)
{
	int rc;

	pthread_mutex_lock(&p->lock);
	t->of = find(p, o->user, o->login.password_command);
	rc = reserve(p, t->of, secrets, stage, err);
	t->host = o->address;
	t->text = t->of->text;
	t->version = t->of->version;
	pthread_mutex_unlock(&p->lock);
	return rc;
}

static void
refuse(struct ssh_password *one, const char *host)
{
	one->refusals++;
	free(one->refuser);
	one->refuser = hd_strdup(host);
	if (one->command != NULL && one->refusals == REFUSALS_MAX)
		one->why = hd_strdup(
		    "two hosts refused the password from password_command, so "
		    "hdeploy sends it to no other host");
	if (one->command != NULL)
		return;
	hd_secret_free(one->text);
	one->text = NULL;
	if (one->refusals == QUESTIONS_MAX)
		one->why = hd_strdup("three wrong passwords were typed");
}

void
ssh_password_end(struct ssh_password_try *t, struct ssh_passwords *p,
    enum ssh_password_end end)
{
	struct ssh_password *one = t->of;

	pthread_mutex_lock(&p->lock);
	if (end == SSH_PASSWORD_ACCEPTED)
		one->accepted = true;
	else if (end == SSH_PASSWORD_REFUSED && !one->accepted)
		refuse(one, t->host);
	one->busy = false;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	t->text = NULL;
}

/* Whether text is user, perhaps with "@host". */
static bool
is_login(const char *text, size_t n, const char *user)
{
	size_t len = strlen(user);

	return n >= len && strncmp(text, user, len) == 0 &&
	       (n == len || text[len] == '@');
}

static bool
ends(const char *text, size_t n, const char *end)
{
	size_t len = strlen(end);

	return n >= len && strncasecmp(text + n - len, end, len) == 0;
}

/* "Password:" of PAM, "Password for me@web1:" of FreeBSD, "me@web1's
 * password:". */
bool
ssh_password_is_wanted(const char *prompt, size_t n, const char *user)
{
	static const char before[] = "password for ", after[] = "'s password";
	const size_t nbefore = sizeof(before) - 1, nafter = sizeof(after) - 1;

	while (n > 0 && strchr(" :\t\r\n", prompt[n - 1]) != NULL)
		n--;
	if (n == 8 && ends(prompt, n, "password"))
		return true;
	if (n > nbefore && strncasecmp(prompt, before, nbefore) == 0)
		return is_login(prompt + nbefore, n - nbefore, user);
	return ends(prompt, n, after) && is_login(prompt, n - nafter, user);
}
