#include "core/rollout/sudo.h"

#include "core/remote/remote.h"

#include <string.h>

enum advice { ALLOW, NO_TTY, NO_USER, NO_SUDO };

/* Messages of sudo 1.8, sudo 1.9 and sudo-rs, and of shells that do not find
 * sudo. With -n, sudo also asks for a password if no rule matches. */
static const struct {
	const char *words;
	enum advice advice;
} causes[] = {
	{ "sudo: a password is required", ALLOW },
	{ "interactive authentication is required", ALLOW },
	{ " is not allowed to execute '/bin/sh", ALLOW },
	{ " is not in the sudoers file", ALLOW },
	{ " is not allowed to run sudo on ", ALLOW },
	{ "I'm afraid I can't do that", ALLOW },
	{ "you must have a tty to run sudo", NO_TTY },
	{ "sudo: unknown user", NO_USER },
	{ "sudo: not found", NO_SUDO },
	{ "sudo: command not found", NO_SUDO },
	{ "sudo: Command not found", NO_SUDO },
	{ "command not found: sudo", NO_SUDO },
};

/* One rule for all commands of transport/commands.c and for the console:
 * /bin/sh with any arguments. A rule that allows only -s grants the same
 * rights, because -s reads any script. */
static void
allow(const struct hd_host *host, const char *user, struct hd_err *err)
{
	const char *as = host->run_as;
	bool silent = host->sudo_password.from == HD_SUDO_NEVER;

	hd_err_set(err, HD_EAUTH,
	    "%s cannot sudo to %s%s; this line in a file in /etc/sudoers.d on "
	    "the host (visudo -f) allows it: `%s ALL=(%s) %s/bin/sh`%s",
	    user, as, silent ? " without a password" : "", user, as,
	    silent ? "NOPASSWD: " : "",
	    silent ? "; or set sudo_password in deploy.ini" : "");
}

static void
advise(enum advice advice, const struct hd_host *host, const char *user,
    struct hd_err *err)
{
	const char *as = host->run_as;

	switch (advice) {
	case ALLOW:
		allow(host, user, err);
		break;
	case NO_TTY:
		hd_err_set(err, HD_EAUTH,
		    "sudo on the host requires a terminal; this line in a "
		    "file in /etc/sudoers.d on the host (visudo -f) changes "
		    "that: `Defaults:%s !requiretty`",
		    user);
		break;
	case NO_USER:
		hd_err_set(err, HD_EAUTH,
		    "the host has no user %s, which run_as in deploy.ini names",
		    as);
		break;
	case NO_SUDO:
		hd_err_set(err, HD_EAUTH,
		    "the host has no sudo, which run_as = %s in deploy.ini "
		    "needs",
		    as);
		break;
	}
}

void
hd_sudo_explain(const struct hd_host *host, const char *user, const char *who,
    struct hd_err *err)
{
	HD_AUTO_ARENA a = { 0 };

	if (host->run_as == NULL || err->code != HD_EREMOTE ||
	    strstr(err->msg, HD_NOT_RUN) == NULL)
		return;
	if (user == NULL)
		user = hd_arena_strndup(&a, who, strcspn(who, "@"));
	for (size_t i = 0; i < HD_COUNT(causes); i++) {
		if (strstr(err->msg, causes[i].words) == NULL)
			continue;
		advise(causes[i].advice, host, user, err);
		return;
	}
}
