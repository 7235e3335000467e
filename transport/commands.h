#ifndef HD_COMMANDS_H
#define HD_COMMANDS_H

#include "core/base/err.h"

/*
 * The only two commands that hdeploy gives to a login shell. Everything that
 * varies arrives on stdin, so the dialect of the login shell, the process list
 * and limits on command lines do not matter.
 */
struct hd_commands {
	char script[160]; /* runs the script on stdin */
	char data[224];   /* stdin: a path on one line, then its new content */
};

/* run_as: see struct hd_ssh_opts. HD_ECONFIG if it is not a user name. */
int hd_commands_init(
    struct hd_commands *c, const char *run_as, struct hd_err *err) HD_CHECK;

#endif
