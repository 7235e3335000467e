#include "transport/commands.h"

#include <stdio.h>
#include <string.h>

#define RUN_SCRIPT "/bin/sh -s"
#define TAKE_DATA "/bin/sh -c 'IFS= read -r p && exec cat >\"$p\"'"

enum { USER_MAX = 64 };

/* Narrower than what systems allow: no character that any shell minds, and
 * nothing that sudo takes for an option or a number ("#0"). */
static int
is_user(const char *name)
{
	static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789_";
	static const char rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789_.-";

	return name[0] != '\0' && strchr(first, name[0]) != NULL &&
	       strlen(name) <= USER_MAX && name[strspn(name, rest)] == '\0';
}

int
hd_commands_init(struct hd_commands *c, const char *run_as, struct hd_err *err)
{
	if (run_as != NULL && !is_user(run_as))
		return hd_err_set(err, HD_ECONFIG,
		    "run_as is not a plain user name (letters, digits, "
		    "'_', '.', '-')");
	snprintf(c->script, sizeof(c->script), "exec %s%s%s" RUN_SCRIPT,
	    run_as != NULL ? "sudo -n -u " : "", run_as != NULL ? run_as : "",
	    run_as != NULL ? " -- " : "");
	snprintf(c->data, sizeof(c->data), "exec %s%s%s" TAKE_DATA,
	    run_as != NULL ? "sudo -n -u " : "", run_as != NULL ? run_as : "",
	    run_as != NULL ? " -- " : "");
	return 0;
}
