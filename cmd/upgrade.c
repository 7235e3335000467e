#include "cmd/commands.h"
#include "cmd/reach.h"

static enum hd_status
run(struct hd_cli *cli)
{
	struct hd_goal goal = { .kind = HD_GOAL_UPGRADE,
		.hot = cli->options.hot,
		.cold = cli->options.cold,
		.force_unhealthy = cli->options.force_unhealthy };
	struct hd_err err = { 0 };

	if (hd_cli_version(&goal.version, cli, 1, &err) < 0)
		return hd_cli_fail(cli, &err);
	return hd_reach(cli, &goal);
}

const struct hd_command hd_command_upgrade = {
	.name = "upgrade",
	.args = "ENV VERSION",
	.help = "upgrade the running release to VERSION, hot or cold",
	.usage =
	    "VERSION must have been pushed. The running VM loads the new code\n"
	    "and keeps its state; VERSION is made permanent only when the VM\n"
	    "itself says that it runs it and the health checks pass. A host\n"
	    "where the upgrade fails goes back to what it ran before.\n"
	    "\n"
	    "A host that fails its health checks before the upgrade refuses it\n"
	    "(status 4): --force-unhealthy is for a VERSION that fixes them.\n"
	    "\n"
	    "It goes in waves: batch, canary, pause and on_failure in\n"
	    "deploy.ini; by default one host, then all others, and the first\n"
	    "that fails stops the run.\n"
	    "\n"
	    "With --cold, or \"upgrade = cold\", the VM is stopped and started\n"
	    "as VERSION: no relup is needed, state is lost, and a host that is\n"
	    "down is started. What can be checked is checked before the stop.\n"
	    "\"upgrade = auto\" goes hot where a relup leads there, else cold.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
