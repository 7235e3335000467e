#include "transport/ssh_keyring.h"

#include "core/base/alloc.h"
#include "transport/keys/ssh_key_file.h"
#include "transport/keys/ssh_key_variable.h"
#include "transport/ssh_unlock.h"

#include <stdlib.h>
#include <string.h>

struct ssh_keyring_entry {
	struct ssh_keyring_entry *next;
	bool variable; /* its name is that of a variable, not of a file */
	char *name;
	struct ssh_key *key;
	struct hd_err err; /* of unlocking it; HD_OK: none yet */
};

void
ssh_keyring_init(struct ssh_keyring *r, const struct ssh_secrets *secrets)
{
	*r = (struct ssh_keyring){ .secrets = secrets };
	pthread_mutex_init(&r->lock, NULL);
	hd_clock_condition(&r->changed);
}

void
ssh_keyring_done(struct ssh_keyring *r)
{
	while (r->first != NULL) {
		struct ssh_keyring_entry *e = r->first;

		r->first = e->next;
		ssh_key_free(e->key);
		free(e->name);
		free(e);
	}
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
}

static struct ssh_keyring_entry *
find(struct ssh_keyring *r, const char *name, bool variable)
{
	struct ssh_keyring_entry *e;

	for (e = r->first; e != NULL; e = e->next)
		if (e->variable == variable && strcmp(e->name, name) == 0)
			return e;
	e = hd_alloc(sizeof(*e));
	e->name = hd_strdup(name);
	e->variable = variable;
	e->key = variable ? ssh_key_variable(
				name, ssh_secret_given(r->secrets, name))
			  : ssh_key_load(name);
	e->next = r->first;
	r->first = e;
	return e;
}

/* Adds the key to the list, which ends with NULL. */
static int
add(struct ssh_key **list, struct ssh_key *k, bool named, struct hd_err *err)
{
	bool unusable =
	    k->state == SSH_KEY_UNUSABLE || k->state == SSH_KEY_ABSENT;

	if (named && unusable)
		return hd_err_set(
		    err, HD_ELOCAL, "key %s: %s", k->name, k->why);
	while (*list != NULL && *list != k)
		list++;
	if (k->state != SSH_KEY_ABSENT)
		*list = k;
	return 0;
}

static int
collect(struct ssh_keyring *r, const struct hd_ssh_login *login,
    struct ssh_key **list, struct hd_err *err)
{
	for (size_t i = 0; i < login->nvariables; i++)
		if (add(list, find(r, login->variables[i], true)->key, true,
			err) < 0)
			return -1;
	for (size_t i = 0; i < login->nidentities; i++)
		if (add(list, find(r, login->identities[i], false)->key,
			login->named, err) < 0)
			return -1;
	return 0;
}

/* Reads files under the lock, so that the first thread reads for all. */
int
ssh_keyring_list(struct ssh_keyring *r, const struct hd_ssh_login *login,
    struct ssh_key ***out, struct hd_err *err)
{
	size_t n = login->nvariables + login->nidentities + 1;
	int rc;

	*out = hd_alloc(n * sizeof(**out));
	pthread_mutex_lock(&r->lock);
	rc = collect(r, login, *out, err);
	pthread_mutex_unlock(&r->lock);
	if (rc == 0)
		return 0;
	free(*out);
	*out = NULL;
	return -1;
}

static struct ssh_keyring_entry *
entry_of(struct ssh_keyring *r, const struct ssh_key *key)
{
	struct ssh_keyring_entry *e = r->first;

	while (e->key != key)
		e = e->next;
	return e;
}

/* Whether unlocking has succeeded or failed. */
static bool
is_done(const struct ssh_keyring_entry *e)
{
	return e->key->text != NULL || e->err.code != HD_OK;
}

/* Decrypts without the lock, because it takes long. Stores the result under the
 * lock, because other threads read it. */
static void
unlock(struct ssh_keyring *r, struct ssh_keyring_entry *e,
    const struct hd_ssh_login *login, enum hd_cancel stage)
{
	struct ssh_key *copy = NULL;
	struct hd_err err = { 0 };
	int rc;

	r->busy = true;
	pthread_mutex_unlock(&r->lock);
	rc = ssh_unlock(&copy, e->key, r->secrets, login, stage, &err);
	pthread_mutex_lock(&r->lock);
	r->busy = false;
	if (rc == 0)
		ssh_key_take(e->key, copy);
	else
		e->err = err;
	ssh_key_free(copy);
	pthread_cond_broadcast(&r->changed);
}

int
ssh_keyring_unlock(struct ssh_keyring *r, struct ssh_key *key,
    const struct hd_ssh_login *login, enum hd_cancel stage, struct hd_err *err)
{
	struct ssh_keyring_entry *e;
	int rc = 0;

	pthread_mutex_lock(&r->lock);
	e = entry_of(r, key);
	/* one at a time: a person answers one question after another */
	while (!is_done(e) && r->busy && !hd_cancel_reached(stage))
		hd_clock_moment(&r->changed, &r->lock);
	if (!is_done(e) && !r->busy)
		unlock(r, e, login, stage);
	if (key->text == NULL) {
		*err = e->err;
		rc = -1;
		if (!is_done(e))
			rc = hd_err_set(err, HD_ECANCELED, "interrupted");
		else if (e->err.code == HD_ECANCELED)
			e->err.code = HD_OK; /* the next host may go on */
	}
	pthread_mutex_unlock(&r->lock);
	return rc;
}
