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
		    "--from: \"%s\" is not a valid version", goal.from);
		return hd_cli_fail(cli, &err);
	}
	return hd_reach(cli, &goal);
}

const struct hd_command hd_command_rollback = {
	.name = "rollback",
	.args = "ENV [VERSION]",
	.help = "take back the last change still in effect",
	.usage =
	    "Each host returns to VERSION. Without VERSION it returns to the\n"
	    "version that it ran before the last change still in effect,\n"
	    "according to its history. A host needs nothing (status 0) if its\n"
	    "last change was already undone, or if the last upgrade did not reach\n"
	    "it and it does not run the version of that upgrade. If a host has\n"
	    "nothing to return to, the whole run is refused (status 4). --from\n"
	    "VERSION rolls back exactly the hosts that run VERSION, whatever their\n"
	    "last change was.\n"
	    "\n"
	    "A rollback is hot if a relup leads back. If none does, --cold, or\n"
	    "\"upgrade = cold\" or \"auto\", rolls back by stop and start.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
