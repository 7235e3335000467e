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
	    "VERSION must have been pushed. The running node loads the new code\n"
	    "and keeps its state. VERSION is made permanent only after the node\n"
	    "itself reports that it runs VERSION and the health checks pass. If\n"
	    "the upgrade of a host fails, it is undone.\n"
	    "\n"
	    "A host that already fails its health checks refuses the upgrade\n"
	    "(status 4). Use --force-unhealthy if VERSION fixes them.\n"
	    "\n"
	    "The hosts change in waves, as set by batch, canary, pause and\n"
	    "on_failure in deploy.ini. By default the first wave is one host, the\n"
	    "second all others, and the first failure stops the run.\n"
	    "\n"
	    "With --cold or \"upgrade = cold\" the node is stopped and started as\n"
	    "VERSION: this needs no relup, loses the state, and also starts a\n"
	    "node that is down. Everything that can be checked is checked before\n"
	    "the stop. \"upgrade = auto\" upgrades hot if a relup leads to VERSION,\n"
	    "else cold.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
