#include "transport/ssh_unlock.h"

#include "core/base/secret.h"
#include "core/base/str.h"
#include "transport/keys/ssh_key_read.h"

#include <stdlib.h>
#include <string.h>

enum { TRIES = 3, QUESTION_MAX = 4096 + 64 };

enum outcome { OPEN, WRONG, NOTHING, FAILED };

/* One key being unlocked. */
struct attempt {
	struct ssh_key *key; /* the copy */
	const struct ssh_secrets *secrets;
	const struct hd_ssh_login *login;
	enum hd_cancel stage;
};

/* from: the origin of the passphrase, for the message that it is wrong. */
static enum outcome
try_passphrase(const struct attempt *a, const char *passphrase,
    const char *from, struct hd_err *err)
{
	switch (ssh_key_open(a->key, passphrase, a->stage)) {
	case SSH_KEY_OPENED:
		return OPEN;
	case SSH_KEY_DENIED:
		(void)hd_err_set(err, HD_ELOCAL,
		    "key %s: %s is not its passphrase", a->key->name, from);
		return WRONG;
	case SSH_KEY_BROKEN:
		(void)hd_err_set(
		    err, HD_ELOCAL, "key %s: damaged", a->key->name);
		return FAILED;
	default:
		(void)hd_err_set(err, HD_ECANCELED,
		    "key %s: interrupted while decrypting it", a->key->name);
		return FAILED;
	}
}

static enum outcome
from_environment(const struct attempt *a, struct hd_err *err)
{
	const char *given = ssh_secret_given(a->secrets, HD_SSH_PASSPHRASE);

	if (given == NULL || *given == '\0') /* a CI variable that is unset */
		return NOTHING;
	return try_passphrase(a, given, "the value of " HD_SSH_PASSPHRASE, err);
}

static enum outcome
from_command(const struct attempt *a, struct hd_err *err)
{
	const struct hd_pair set[] = { { "HDEPLOY_KEY", a->key->name } };
	HD_AUTO_SECRET char *line = NULL;

	if (a->login->passphrase_command == NULL)
		return NOTHING;
	if (ssh_secret_command(&line, "passphrase_command",
		a->login->passphrase_command, set, HD_COUNT(set), a->stage,
		err) < 0) {
		(void)hd_err_prefix(err, "key %s", a->key->name);
		return FAILED;
	}
	return try_passphrase(a, line, "the output of passphrase_command", err);
}

/* An empty answer gives up. */
static enum outcome
ask_once(const struct attempt *a, bool again, struct hd_err *err)
{
	HD_AUTO_STR question = HD_STR_INIT(QUESTION_MAX);
	HD_AUTO_SECRET char *answer = NULL;

	hd_str_addf(&question, "%spassphrase for %s",
	    again ? "wrong, try again: " : "", a->key->name);
	if (a->secrets->ask(a->secrets->ctx, question.ptr, &answer, err) < 0)
		return err->code == HD_ECANCELED ? FAILED : NOTHING;
	if (*answer != '\0')
		return try_passphrase(a, answer, "the answer", err);
	(void)hd_err_set(
	    err, HD_ELOCAL, "key %s: no passphrase was given", a->key->name);
	return FAILED;
}

static enum outcome
from_person(const struct attempt *a, struct hd_err *err)
{
	enum outcome o = NOTHING;

	if (a->secrets->ask == NULL)
		return NOTHING;
	for (int i = 0; i < TRIES; i++) {
		o = ask_once(a, i > 0, err);
		if (o != WRONG)
			return o;
	}
	(void)hd_err_set(
	    err, HD_ELOCAL, "key %s: three wrong passphrases", a->key->name);
	return FAILED;
}

/* Keeps an earlier error: a wrong passphrase says more than a missing one. */
static void
nobody_knows(const struct attempt *a, struct hd_err *err)
{
	if (err->code == HD_OK)
		(void)hd_err_set(err, HD_ELOCAL,
		    "key %s has a passphrase: add the key to an ssh-agent "
		    "(ssh-add), set " HD_SSH_PASSPHRASE
		    " or passphrase_command, or run hdeploy at a terminal, "
		    "where it asks",
		    a->key->name);
}

static int
unlock(const struct attempt *a, struct hd_err *err)
{
	static enum outcome (*const sources[])(const struct attempt *,
	    struct hd_err *) = { from_environment, from_command, from_person };

	for (size_t i = 0; i < HD_COUNT(sources); i++) {
		struct hd_err again = { 0 };
		enum outcome o = sources[i](a, &again);

		if (o == OPEN)
			return 0;
		if (o != NOTHING)
			*err = again;
		if (o == FAILED)
			return -1;
	}
	nobody_knows(a, err);
	return -1;
}

int
ssh_unlock(struct ssh_key **out, const struct ssh_key *key,
    const struct ssh_secrets *secrets, const struct hd_ssh_login *login,
    enum hd_cancel stage, struct hd_err *err)
{
	struct attempt a = { .key = ssh_key_new(key->name),
		.secrets = secrets,
		.login = login,
		.stage = stage };
	int rc;

	*err = (struct hd_err){ 0 };
	ssh_key_read(a.key, key->sealed, strlen(key->sealed));
	rc = unlock(&a, err);
	if (rc == 0 && key->public.n > 0 &&
	    !hd_bytes_equal(key->public, a.key->opened))
		rc = hd_err_set(err, HD_ELOCAL,
		    "key %s: %s.pub beside it belongs to another key",
		    key->name, key->name);
	*out = rc == 0 ? a.key : NULL;
	if (rc < 0)
		ssh_key_free(a.key);
	return rc;
}
