#ifndef HD_SSH_PASSWORD_H
#define HD_SSH_PASSWORD_H

#include "transport/ssh_opts.h"
#include "transport/ssh_secret.h"

#include <pthread.h>
#include <stdbool.h>

/*
 * The passwords of a run, one for each user on the hosts: from
 * password_command, which runs once, or from a person, who is asked once and
 * again only if the password was wrong.
 *
 * Until a server has accepted a password, one connection at a time sends it and
 * the others wait. After two servers have refused the password of the command,
 * no connection sends it. Otherwise a wrong password would lock the account on
 * every host, or in the directory that the hosts share.
 */
struct ssh_passwords {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct ssh_password *first; /* the list is guarded by lock */
};
void ssh_passwords_init(struct ssh_passwords *p);
void ssh_passwords_done(struct ssh_passwords *p);

/* A password on its way to one server. */
struct ssh_password_try {
	struct ssh_password *of;
	const char *host;
	const char *text; /* until ssh_password_end() */
	unsigned version; /* changes when a person types another password */
};
enum ssh_password_end {
	SSH_PASSWORD_ACCEPTED,
	SSH_PASSWORD_REFUSED,
	SSH_PASSWORD_UNKNOWN, /* the connection was lost, for example */
};

/*
 * Blocks while a person types or another connection tries the password, or
 * until cancellation reaches stage. The caller adds that time to the login's
 * deadline, and after 0 calls ssh_password_end(). HD_ELOCAL, with advice, if
 * there is no password; HD_ECANCELED.
 */
int ssh_password_begin(struct ssh_password_try *t, struct ssh_passwords *p,
    const struct ssh_secrets *secrets, const struct hd_ssh_opts *o,
    enum hd_cancel stage, struct hd_err *err) HD_CHECK;
void ssh_password_end(struct ssh_password_try *t, struct ssh_passwords *p,
    enum ssh_password_end end);

/* Whether prompt asks for the password of user, in one of the usual wordings.
 * "New password:" and the like are other questions. */
bool ssh_password_is_wanted(const char *prompt, size_t n, const char *user);

#endif
