#ifndef HD_SSH_LOGIN_H
#define HD_SSH_LOGIN_H

#include "core/base/alloc.h"
#include "core/base/str.h"
#include "transport/ssh.h"
#include "transport/ssh_agent.h"
#include "transport/ssh_offers.h"
#include "transport/ssh_session.h"

/* Shared by the files ssh_auth*.c: one login in progress. */

enum ssh_verdict {
	SSH_AUTH_DONE,     /* logged in */
	SSH_AUTH_REFUSED,  /* by the server */
	SSH_AUTH_STEP,     /* it took this one, and perhaps wants more */
	SSH_AUTH_UNUSABLE, /* not sent: something here failed, and a note says
			      it */
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
	bool leftover;  /* see probe() in ssh_auth_key.c */
	bool no_rsa;    /* the server takes no signature of RSA keys */

	/* comma-separated, in the arena: at first, and what it takes next */
	const char *first, *methods;
	bool tried[3]; /* methods; see try_next() in ssh_auth.c */

	/* for the error */
	struct hd_str refused; /* keys */
	struct hd_str notes;   /* "; NAME: reason" */
	const char *taken;     /* what the server took last; NULL: nothing */
	bool more;             /* then it offered other methods than before */
	/* a key that it takes and that nobody signed with, and the reason */
	const char *unsigned_key, *unsigned_why;
	bool declined;             /* by the agent */
	unsigned refused_password; /* its version; 0: none */
	/* why no password was sent, or that it was refused; NULL: no method for
	 * one was tried */
	const char *secret_why;
	char banner[256]; /* before anything was tried */
};

/* For messages: "agent key web", escaped; in the arena. */
const char *ssh_login_name(struct ssh_login *l, const struct ssh_offer *o);
bool ssh_login_takes(const char *methods, const char *method);

/* Does not count the time since start, in which a person answered or other
 * connections tried the password. */
void ssh_login_give_back(struct ssh_login *l, int64_t start);

/* Asks the server what it takes next; also brings its banner. SSH_AUTH_STEP if
 * it answers. The first time this is free, as every ssh does it; later sshd
 * counts it as a failure. */
enum ssh_verdict ssh_login_ask(struct ssh_login *l, struct hd_err *err);

/* Offers one key. */
enum ssh_verdict ssh_auth_key(
    struct ssh_login *l, const struct ssh_offer *o, struct hd_err *err);

/* Whether there is anything to answer with; if not, secret_why says so. */
bool ssh_auth_has_secrets(struct ssh_login *l);
/* keyboard-interactive and password, with ssh_password.h. UNUSABLE: there is no
 * answer, and secret_why says why; the connection may be broken then. */
enum ssh_verdict ssh_auth_questions(struct ssh_login *l, struct hd_err *err);
enum ssh_verdict ssh_auth_password(struct ssh_login *l, struct hd_err *err);

/* Why the login failed. Both set err and return -1. */
int ssh_auth_refused(struct ssh_login *l, struct hd_err *err);
int ssh_auth_lost(struct ssh_login *l, struct hd_err *err);

#endif
