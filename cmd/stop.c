#include "cmd/commands.h"
#include "cmd/reach.h"

static enum hd_status
run(struct hd_cli *cli)
{
	return hd_reach_kind(cli, HD_GOAL_STOP);
}

const struct hd_command hd_command_stop = {
	.name = "stop",
	.args = "ENV",
	.help = "stop the release on the hosts of ENV",
	.usage =
	    "Stops the running node on each host and waits until it is gone. A\n"
	    "host on which nothing runs is left alone.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
