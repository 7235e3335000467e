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
	    "was killed or lost its connection is gone within seconds, and of\n"
	    "one whose machine vanished within minutes, so this is only for one\n"
	    "that hangs and that nobody can end. What it has begun on a host\n"
	    "goes on to its end; it begins nothing more there. It needs a\n"
	    "terminal: no job takes a host away from a run that is alive.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
