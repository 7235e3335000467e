#ifndef HD_SUDO_CALL_H
#define HD_SUDO_CALL_H

#include "core/base/cancel.h"
#include "transport/ssh_password.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * sudo with a password. The command of commands.h first reads a line with two
 * random words, PROMPT and READY, new for each call. It starts sudo with PROMPT
 * as its prompt, and the shell that sudo starts prints READY to stderr. The
 * password is sent only after PROMPT has come, and the script only after READY.
 * So
 *
 *	a host whose sudo does not ask gets no password,
 *	a password cannot become the first line of a script, nor a script the
 *	second try of a password,
 *	a startup file, a banner or another program cannot ask for the password,
 *	because it does not know PROMPT.
 */

/* sudo on one connection. */
struct hd_sudo {
	struct ssh_passwords *passwords;
	const struct ssh_secrets *secrets;
	struct ssh_password_of of;
	bool silent; /* the last time it did not ask */
};

enum hd_sudo_stage {
	HD_SUDO_STARTING, /* sends the two words, then waits */
	HD_SUDO_ASKED,    /* sends the password */
	HD_SUDO_ANSWERED, /* waits for the verdict */
	HD_SUDO_READY,
};

enum { HD_SUDO_SAID = 4096, HD_SUDO_QUOTED = 300 };

/* One call of sudo. */
struct hd_sudo_call {
	struct hd_sudo *sudo;
	enum hd_sudo_stage stage;
	enum hd_cancel cancel;      /* the stage that stops waiting */
	char prompt[33], ready[35]; /* READY with a line break */
	char first[128];            /* the line with both */
	char *secret;               /* the password and a line break */
	size_t fed;                 /* bytes of first or secret */
	bool trying;
	struct ssh_password_try password;
	char said[HD_SUDO_SAID]; /* the end of stderr since PROMPT, before
				    READY */
	size_t nsaid;
};

/* Begins a call. word: of struct hd_commands. Blocks while another host tries a
 * password that no host has accepted, until cancellation reaches stage. After 0
 * the caller calls hd_sudo_end(). Errors: as ssh_password_begin(). */
int hd_sudo_begin(struct hd_sudo_call *c, struct hd_sudo *sudo,
    const char *word, enum hd_cancel stage, struct hd_err *err) HD_CHECK;
/* The next bytes for stdin; *n is 0 while it waits for sudo. Returns the same
 * bytes until hd_sudo_fed() reports them as sent. */
void hd_sudo_next(const struct hd_sudo_call *c, const char **p, size_t *n);
void hd_sudo_fed(struct hd_sudo_call *c, size_t n);
/* Takes a piece of stderr. Returns the number of its last bytes that come after
 * READY and belong to the script, -1 with HD_EAUTH if sudo refused the
 * password, or as hd_sudo_begin(). */
ssize_t hd_sudo_heard(struct hd_sudo_call *c, const char *text, size_t n,
    struct hd_err *err) HD_CHECK;
/* Call after the command has ended; ended: by itself. If it ended before READY,
 * c->said has the reason; HD_EAUTH if sudo had received the password. */
int hd_sudo_end(
    struct hd_sudo_call *c, bool ended, struct hd_err *err) HD_CHECK;
/* The end of a message: the words of sudo so far, since its prompt if it has
 * asked; "" if there are none. */
const char *hd_sudo_said(
    const struct hd_sudo_call *c, char text[HD_SUDO_QUOTED]);

#endif
