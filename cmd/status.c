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
	.help = "show what runs and boots on the hosts of ENV",
	.usage = "Asks every host and changes nothing. Status 1 if something "
		 "is not as it\n"
		 "should be: a VM that does not answer, other code loaded "
		 "than installed,\n"
		 "another version at the next boot.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
