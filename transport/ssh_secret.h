#ifndef HD_SSH_SECRET_H
#define HD_SSH_SECRET_H

#include "core/base/alloc.h"
#include "core/base/cancel.h"
#include "core/base/err.h"
#include "transport/ssh_opts.h"

/*
 * Where passphrases and passwords come from: the environment, a command, a
 * person. All of them are in hd_secret_alloc() memory.
 */
struct ssh_secrets {
	struct ssh_secret *first; /* complete before the first thread starts */
	hd_secret_fn *ask;        /* NULL: nobody can be asked */
	void *ctx;
};
void ssh_secrets_done(struct ssh_secrets *s);
/* Adds a secret from the environment; copies both. */
void ssh_secrets_give(
    struct ssh_secrets *s, const char *name, const char *text);

/* The secret of this name from hd_ssh_client_give(); NULL: none. */
const char *ssh_secret_given(const struct ssh_secrets *s, const char *name);

/* Runs a command of deploy.ini on this machine, with these variables. *out is
 * the first line of its stdout; the caller frees it with hd_secret_free().
 * Blocks until the command ends, for a minute at most. what, for errors:
 * "passphrase_command". HD_ELOCAL, HD_ECANCELED. */
int ssh_secret_command(char **out, const char *what, const char *command,
    const struct hd_pair *set, size_t nset, enum hd_cancel stage,
    struct hd_err *err) HD_CHECK;

#endif
