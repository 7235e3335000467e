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
	.help = "push, then upgrade, or start if nothing runs",
	.usage =
	    "Builds, packs and ships as \"push\" does. When every host has the\n"
	    "version, upgrades wave by wave as \"upgrade\" does. A host on which\n"
	    "nothing runs and which would boot the version, for example after its\n"
	    "first push, is started in its wave. This is one run under one lock:\n"
	    "if any host refuses, nothing is shipped (status 4), and if shipping\n"
	    "fails, no host is upgraded. Repeating the command does nothing.\n"
	    "\n"
	    "A host that is down and would boot another version is upgraded cold\n"
	    "if allowed (--cold, \"upgrade = cold\" or \"auto\"); otherwise it\n"
	    "refuses: run \"hdeploy start\" first.\n"
	    "\n"
	    "A host whose running version fails its health checks refuses as\n"
	    "well. Use --force-unhealthy if the release fixes them.\n"
	    "\n"
	    "If the upgrade of a host fails, it is undone. A host that was only\n"
	    "started has nothing to return to and stays as it is, even with\n"
	    "\"on_failure = rollback\". The shipped version stays on the hosts.\n"
	    "Both parts have their own line in the history, so that \"hdeploy\n"
	    "rollback\" takes back the upgrade.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
