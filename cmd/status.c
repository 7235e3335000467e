#include "cmd/commands.h"
#include "cmd/reach.h"

static enum hd_status
run(struct hd_cli *cli)
{
	return hd_reach_kind(cli, HD_GOAL_STATUS);
}

const struct hd_command hd_command_status = {
	.name = "status",
	.args = "ENV",
	.help = "show the running and booting version of each host",
	.usage =
	    "Asks every host and changes nothing. The status is 1 if something is\n"
	    "wrong: a node that does not answer, loaded code that differs from\n"
	    "the installed code, another version at the next boot.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
