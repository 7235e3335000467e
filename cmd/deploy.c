#include "cmd/commands.h"
#include "cmd/release.h"

static enum hd_status
run(struct hd_cli *cli)
{
	return hd_release_ship(cli, HD_GOAL_DEPLOY);
}

const struct hd_command hd_command_deploy = {
	.name = "deploy",
	.args = "ENV [VERSION]",
	.help = "push, then upgrade, or start where nothing runs",
	.usage =
	    "Builds, packs and ships as \"push\" does; when every host has the\n"
	    "version, upgrades wave by wave as \"upgrade\" does. A host where\n"
	    "nothing runs and the version would boot, as after a first push,\n"
	    "is started in its wave. One run, under one lock: what any host\n"
	    "refuses ends it before anything is shipped (status 4), and where\n"
	    "shipping fails no host is upgraded. Again, it does nothing.\n"
	    "\n"
	    "A host that is down and would boot another version goes cold if\n"
	    "it may (--cold, \"upgrade = cold\" or \"auto\"), and else refuses:\n"
	    "\"hdeploy start\" it first.\n"
	    "\n"
	    "A host whose running version fails its health checks refuses, too:\n"
	    "--force-unhealthy is for a release that fixes them.\n"
	    "\n"
	    "A host whose upgrade fails goes back; one that was started has\n"
	    "nothing to go back to and stays as it is, also with \"on_failure\n"
	    "= rollback\". What was shipped stays. Each part has a line of its\n"
	    "own in the history, so that \"hdeploy rollback\" takes the\n"
	    "upgrade back.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
