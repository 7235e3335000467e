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
	    "its machine vanished, within client_alive. So this command is only\n"
	    "for a run that hangs and that nobody can end, or if you cannot wait.\n"
	    "Operations that the run has begun on a host continue to their end; it\n"
	    "cannot begin another one. A run that is gone, or whose keepalives are\n"
	    "missing, loses its lock at once. For a run that is alive the command\n"
	    "needs a terminal and your confirmation: a CI job cannot take a host\n"
	    "away from it.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
