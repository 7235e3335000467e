#include "cmd/commands.h"
#include "cmd/reach.h"

static enum hd_status
run(struct hd_cli *cli)
{
	return hd_reach_unlock(cli);
}

const struct hd_command hd_command_unlock = {
	.name = "unlock",
	.args = "ENV",
	.help = "show who has the hosts; take over after a yes",
	.usage =
	    "One run at a time changes a host. The lock of a run that ended,\n"
	    "was killed or lost its connection is gone within seconds, so this\n"
	    "is only for one that hangs and that nobody can end. What it has\n"
	    "begun on a host goes on to its end; it begins nothing more there.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
