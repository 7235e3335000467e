#ifndef HD_SECRETS_H
#define HD_SECRETS_H

#include "cmd/view.h"
#include "core/inventory/inventory.h"

/*
 * Secrets that hdeploy takes from its environment: private keys (identity_env),
 * the passphrase of a key and passwords for sudo. They are moved to secret
 * memory before any child starts, so that neither a child nor /proc/PID/environ
 * has them.
 */
struct hd_secret {
	struct hd_secret *next;
	char *name;
	char *text; /* NULL: it was not set */
};
struct hd_secrets {
	struct hd_secret *first;
	struct hd_view *view; /* for hd_ask_secret() */
};

/* Takes the variable NAME, or with "fd:N" the content of descriptor N, which
 * must be inherited; waits at most 10 s for the end of a pipe. */
void hd_secrets_take(struct hd_secrets *s, const char *name);
/* Takes all secrets that deploy.ini names, also those of other environments. */
void hd_secrets_take_all(
    struct hd_secrets *s, const struct hd_inventory *inventory);
/* Checks, before anything happens, that the password for sudo on the host can
 * be obtained. HD_EUSAGE if it must be typed and there is no terminal,
 * HD_ELOCAL if its environment variable is not set. */
int hd_secrets_sudo(const struct hd_secrets *s, const struct hd_host *host,
    struct hd_err *err) HD_CHECK;
void hd_secrets_done(struct hd_secrets *s);

#endif
