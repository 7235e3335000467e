#include "cmd/commands.h"
#include "cmd/reach.h"

static enum hd_status
run(struct hd_cli *cli)
{
	const struct hd_goal goal = { .kind = HD_GOAL_RESUME,
		.hot = cli->options.hot,
		.cold = cli->options.cold };

	return hd_reach(cli, &goal);
}

const struct hd_command hd_command_resume = {
	.name = "resume",
	.args = "ENV",
	.help = "finish upgrades and rollbacks that were cut off",
	.usage =
	    "If a run is killed or loses its hosts, its changes remain\n"
	    "unfinished. \"resume\" reads from each host which change was begun and\n"
	    "finishes it. It takes the change back instead if it cannot be\n"
	    "finished, or if it was already being undone. Hosts without an\n"
	    "unfinished change need nothing. \"hdeploy status\" shows the\n"
	    "unfinished changes.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
