#ifndef HD_SSH_LOGIN_H
#define HD_SSH_LOGIN_H

#include "core/base/alloc.h"
#include "core/base/str.h"
#include "transport/ssh_opts.h"
#include "transport/ssh_agent.h"
#include "transport/ssh_offers.h"
#include "transport/ssh_session.h"

/* Shared by the files ssh_auth*.c: one login in progress. */

enum ssh_verdict {
	SSH_AUTH_DONE,     /* logged in */
	SSH_AUTH_REFUSED,  /* by the server */
	SSH_AUTH_STEP,     /* the server accepted it, and may want more */
	SSH_AUTH_UNUSABLE, /* nothing was sent; notes have the reason */
	SSH_AUTH_LOST,     /* the server closed the connection */
	SSH_AUTH_FAILED,   /* err is set: give up */
};

struct ssh_login {
	struct hd_ssh *s;
	const struct hd_ssh_opts *o;
	struct hd_arena arena;
	struct ssh_key *const *keys; /* end with NULL */
	struct ssh_agent agent;
	bool chosen; /* offers are complete */
	struct ssh_offers offers;
	size_t next;    /* the first offer that was not tried */
	unsigned shown; /* offers that the server saw */
	bool leftover;  /* see show_agent_key() in ssh_auth_key.c */
	bool no_rsa;    /* the server takes no signature of RSA keys */

	/* methods that the server accepts, at first and now; separated by
	 * commas, in the arena */
	const char *first, *methods;
	bool tried[3]; /* methods; see try_next() in ssh_auth.c */

	/* for the error */
	struct hd_str refused; /* keys */
	struct hd_str notes;   /* "; NAME: reason" */
	const char *taken;     /* "the password", accepted last; NULL: none */
	bool more;             /* the server then asked for other methods */
	/* a key that the server accepts, and why no signature was made */
	const char *unsigned_key, *unsigned_why;
	bool declined;             /* the agent refused to sign */
	unsigned refused_password; /* the version that was refused; 0: none */
	/* why no password was sent, or that it was refused; NULL: no method
	 * that needs one was tried */
	const char *secret_why;
	char banner[256]; /* sent before any login attempt */
};

/* For messages: "agent key web", escaped; in the arena. */
const char *ssh_login_name(struct ssh_login *l, const struct ssh_offer *o);
bool ssh_login_takes(const char *methods, const char *method);

/* Moves the deadline by the time since start: a person answered, or other
 * connections tried the password. */
void ssh_login_give_back(struct ssh_login *l, int64_t start);

/* Asks the server which methods it accepts now; its banner comes along.
 * SSH_AUTH_STEP if it answers. The first request is free, because every client
 * makes it; sshd counts later ones as failures. */
enum ssh_verdict ssh_login_ask(struct ssh_login *l, struct hd_err *err);

/* Offers one key. */
enum ssh_verdict ssh_auth_key(
    struct ssh_login *l, const struct ssh_offer *o, struct hd_err *err);

/* Whether a password can be had: a command or a person. If not, sets
 * secret_why. */
bool ssh_auth_has_secrets(struct ssh_login *l);
/* keyboard-interactive and password, with ssh_password.h. UNUSABLE: there is no
 * answer; sets secret_why; the connection may be broken. */
enum ssh_verdict ssh_auth_questions(struct ssh_login *l, struct hd_err *err);
enum ssh_verdict ssh_auth_password(struct ssh_login *l, struct hd_err *err);

/* Why the login failed. Both set err and return -1. */
int ssh_auth_refused(struct ssh_login *l, struct hd_err *err);
int ssh_auth_lost(struct ssh_login *l, struct hd_err *err);

#endif
