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
	.help = "end upgrades and rollbacks that were cut off",
	.usage =
	    "A run that was killed, or lost its hosts, leaves changes that\n"
	    "have no end. Each host tells what was begun there: it is carried\n"
	    "on to where it was going, or taken back where no way leads on or\n"
	    "it was going back already. Hosts without such a change need\n"
	    "nothing. \"hdeploy status\" shows what there is to end.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
