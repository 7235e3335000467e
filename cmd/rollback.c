#include "cmd/commands.h"
#include "cmd/reach.h"

#include "core/base/name.h"

static enum hd_status
run(struct hd_cli *cli)
{
	struct hd_goal goal = { .kind = HD_GOAL_ROLLBACK,
		.from = cli->options.from,
		.hot = cli->options.hot,
		.cold = cli->options.cold };
	struct hd_err err = { 0 };

	if (hd_cli_version(&goal.version, cli, 1, &err) < 0)
		return hd_cli_fail(cli, &err);
	if (goal.from != NULL && !hd_version_valid(goal.from)) {
		hd_err_set(&err, HD_EUSAGE,
		    "--from: \"%s\" cannot be a version", goal.from);
		return hd_cli_fail(cli, &err);
	}
	return hd_reach(cli, &goal);
}

const struct hd_command hd_command_rollback = {
	.name = "rollback",
	.args = "ENV [VERSION]",
	.help = "take back the last change still in effect",
	.usage =
	    "Each host goes back to the version that its history says it ran\n"
	    "before the last change still in effect, or to VERSION. A change\n"
	    "that has undone itself already needs nothing (status 0), nor does a\n"
	    "host that the last upgrade did not reach, unless it runs the version\n"
	    "that this upgrade installed. A host with nothing to go back to refuses\n"
	    "the whole run (status 4). --from VERSION rolls back the hosts that\n"
	    "run VERSION, whatever came last.\n"
	    "\n"
	    "It goes hot where a relup leads back. Where none does, --cold, or\n"
	    "\"upgrade = cold\" or \"auto\", goes back by stop and start.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
