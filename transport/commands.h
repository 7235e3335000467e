#ifndef HD_COMMANDS_H
#define HD_COMMANDS_H

#include "core/base/err.h"

#include <stdbool.h>

struct hd_sudo;

/*
 * The only command that hdeploy gives to a login shell. Everything that varies
 * arrives on stdin, so the dialect of the login shell, the process list and
 * limits on command lines do not matter, and the command can wait for its input
 * (ssh_ahead.h).
 *
 * A startup file of the login shell can read some of that input first. Then the
 * rest must not be run, nor its first line be taken for a path: so the command
 * does nothing unless the first line begins with a random word, which it gets
 * as an argument.
 *
 * stdin is one of these:
 *
 *	WORD              a line, then a script to run
 *	WORD gzip         a line, then a script to run, compressed: if that
 *	                  cannot be unpacked, the command runs nothing and
 *	                  prints "WORD plain" on a line
 *	WORD N PATH       a line, then the content of that file after its first
 *	                  N bytes (0: its folder is made if it is missing): once
 *	                  that is written, the command prints the word on a line
 *
 * If sudo gets a password, one more line comes first: see sudo_call.h.
 */
struct hd_commands {
	char word[33];
	char text[2048];
	bool plain;           /* no compressed script any more */
	struct hd_sudo *sudo; /* NULL: it gets no password */
};

/* run_as: see struct hd_ssh_opts. sudo: borrowed while c is used; NULL: sudo
 * must not ask for a password. HD_ECONFIG if run_as is not a user name. */
int hd_commands_init(struct hd_commands *c, const char *run_as,
    struct hd_sudo *sudo, struct hd_err *err) HD_CHECK;

#endif
