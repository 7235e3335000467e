#ifndef HD_SSH_PASSWORD_H
#define HD_SSH_PASSWORD_H

#include "transport/ssh_opts.h"
#include "transport/ssh_secret.h"

#include <pthread.h>
#include <stdbool.h>

/* What a password is for: a row of a table in ssh_password.c. */
struct ssh_password_use;
extern const struct ssh_password_use ssh_password_login, ssh_password_sudo;

/* Names a password. The strings live as long as the passwords are used. */
struct ssh_password_of {
	const struct ssh_password_use *use;
	const char *user;
	/* where it comes from; NULL, NULL: a person is asked */
	const char *command;  /* for /bin/sh, with HDEPLOY_USER */
	const char *variable; /* of hd_ssh_client_give() */
	const char *host;     /* to be sent to; for messages too */
};

/*
 * The passwords of a run, one for each use and user: from a command, which runs
 * once, from the environment, or from a person, who is asked once. For logins a
 * person is asked again if the password was wrong.
 *
 * Until a host has accepted a password, one connection at a time sends it and
 * the others wait. After two servers have refused the password of a command for
 * logins, or after sudo on one host has refused it, no connection sends it.
 * Otherwise a wrong password would lock the account on every host, or in the
 * directory that the hosts share. A password that sudo on one host has refused
 * is not sent to that host again, even if other hosts accept it.
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

/* Obtains the password, unless somebody did before. Blocks while a person types
 * or the command runs. Errors: as ssh_password_begin(). */
int ssh_password_obtain(struct ssh_passwords *p,
    const struct ssh_secrets *secrets, const struct ssh_password_of *of,
    enum hd_cancel stage, struct hd_err *err) HD_CHECK;
/*
 * Blocks while a person types or another connection tries the password, or
 * until cancellation reaches stage. The caller adds that time to its deadline,
 * and after 0 calls ssh_password_end(). HD_ELOCAL, with advice, if there is no
 * password; HD_EAUTH if it was refused; HD_ECANCELED.
 */
int ssh_password_begin(struct ssh_password_try *t, struct ssh_passwords *p,
    const struct ssh_secrets *secrets, const struct ssh_password_of *of,
    enum hd_cancel stage, struct hd_err *err) HD_CHECK;
void ssh_password_end(struct ssh_password_try *t, struct ssh_passwords *p,
    enum ssh_password_end end);

/* Whether prompt asks for the password of user, in one of the usual wordings.
 * "New password:" and the like are other questions. */
bool ssh_password_is_wanted(const char *prompt, size_t n, const char *user);

#endif
