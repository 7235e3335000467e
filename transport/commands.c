#include "transport/commands.h"

#include "core/base/name.h"

#include <stdio.h>

#define RUN_SCRIPT "/bin/sh -s"
#define TAKE_DATA "/bin/sh -c 'IFS= read -r p && exec cat >\"$p\"'"

int
hd_commands_init(struct hd_commands *c, const char *run_as, struct hd_err *err)
{
	if (run_as != NULL && !hd_user_valid(run_as))
		return hd_err_set(
		    err, HD_ECONFIG, "run_as is not " HD_USER_RULE);
	snprintf(c->script, sizeof(c->script), "exec %s%s%s" RUN_SCRIPT,
	    run_as != NULL ? "sudo -n -u " : "", run_as != NULL ? run_as : "",
	    run_as != NULL ? " -- " : "");
	snprintf(c->data, sizeof(c->data), "exec %s%s%s" TAKE_DATA,
	    run_as != NULL ? "sudo -n -u " : "", run_as != NULL ? run_as : "",
	    run_as != NULL ? " -- " : "");
	return 0;
}
