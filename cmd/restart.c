#include "cmd/commands.h"
#include "cmd/reach.h"

static enum hd_status
run(struct hd_cli *cli)
{
	return hd_reach_kind(cli, HD_GOAL_RESTART);
}

const struct hd_command hd_command_restart = {
	.name = "restart",
	.args = "ENV",
	.help = "stop the release and start it again",
	.usage =
	    "Stops the node on each host and starts the version that the boot\n"
	    "pointers name. The hosts change in waves, as set by batch, canary,\n"
	    "pause and on_failure in deploy.ini; by default one host first, then\n"
	    "all others.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
