#include "cmd/commands.h"
#include "cmd/reach.h"

static enum hd_status
run(struct hd_cli *cli)
{
	return hd_reach_kind(cli, HD_GOAL_START);
}

const struct hd_command hd_command_start = {
	.name = "start",
	.args = "ENV",
	.help = "start the release on the hosts of ENV",
	.usage =
	    "Starts the version that the boot pointers of each host name, and\n"
	    "waits until it runs and is healthy. A host on which it already runs\n"
	    "is left alone.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
