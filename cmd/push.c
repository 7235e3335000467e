#include "cmd/commands.h"
#include "cmd/release.h"

static enum hd_status
run(struct hd_cli *cli)
{
	return hd_release_ship(cli, HD_GOAL_PUSH);
}

const struct hd_command hd_command_push = {
	.name = "push",
	.args = "ENV [VERSION]",
	.help = "build, pack and ship the release to the hosts of ENV",
	.usage =
	    "Runs the \"build\" command of deploy.ini here, packs \"release\"\n"
	    "and ships it. What runs on the hosts keeps running as it is; on\n"
	    "a host without a release it is unpacked, so that start works.\n"
	    "\n"
	    "The build gets HDEPLOY_ENV, HDEPLOY_VERSION (if VERSION or\n"
	    "deploy.ini gives one) and HDEPLOY_RUNNING: all versions that the\n"
	    "hosts run, sorted, with a space between. They are asked before\n"
	    "the build; one that cannot be asked ends the push (status 3).\n"
	    "\n"
	    "A host that has the same version already is left alone. Refused\n"
	    "(status 4) are other bits under the same version, unless they may\n"
	    "take its place (--replace, where it neither runs nor boots); a\n"
	    "library with other code under the same version; and a release\n"
	    "without a relup from what runs, unless it is to go cold (--cold,\n"
	    "or \"upgrade = cold\" or \"auto\").\n"
	    "\n"
	    "With VERSION, the release must be that version. With --dry-run\n"
	    "the build still runs, since the plan depends on what it makes;\n"
	    "no host is changed.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
