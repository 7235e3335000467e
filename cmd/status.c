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
	    "the installed code, another version at the next boot.\n"
	    "\n"
	    "With --save FILE, what the hosts answered is also written to FILE, to\n"
	    "be attached to a bug report: no commands, no secrets. With --facts\n"
	    "FILE, this command and those that change hosts work from such a FILE\n"
	    "and show what they would do; no host is asked.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
