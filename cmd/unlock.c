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
	.help = "show who has locked the hosts; take over on request",
	.usage =
	    "Only one run at a time changes a host. The lock of a run that has\n"
	    "ended, was killed or lost its connection is gone within seconds; if\n"
	    "its machine vanished, within minutes. So this command is only for a\n"
	    "run that hangs and that nobody can end. Operations that it has begun\n"
	    "on a host continue to their end; it cannot begin another one. The\n"
	    "command needs a terminal and your confirmation: a CI job cannot take\n"
	    "a host away from a run that is alive.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
