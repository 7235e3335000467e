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
	    "Runs the \"build\" command of deploy.ini on this machine, packs\n"
	    "\"release\" and ships it. Running nodes are not touched. On a host\n"
	    "without a release the version is also unpacked, so that start works.\n"
	    "\n"
	    "The build gets HDEPLOY_ENV, HDEPLOY_VERSION (if VERSION or\n"
	    "deploy.ini sets it) and HDEPLOY_RUNNING: the versions running on the\n"
	    "hosts, sorted and separated by spaces. The hosts are asked before\n"
	    "the build; if one cannot be asked, the push ends with status 3.\n"
	    "\n"
	    "With \"relup = auto\" the tarballs of these versions are fetched from\n"
	    "the hosts, and after the build a relup is made that leads up from,\n"
	    "and down to, each of them. This needs Erlang on this machine.\n"
	    "\n"
	    "Only what a host lacks is sent: it copies the rest from versions\n"
	    "that it has kept. An upload that broke off is continued. With\n"
	    "artifact_url in deploy.ini, hosts fetch the tarball from a store.\n"
	    "\n"
	    "A host that already has the version is left alone. Refused with\n"
	    "status 4: other content under the same version, unless --replace\n"
	    "allows it and that version neither runs nor boots; a library with\n"
	    "other code under the same version; a release without a relup from\n"
	    "the running version, unless it will be upgraded cold (--cold,\n"
	    "\"upgrade = cold\" or \"auto\").\n"
	    "\n"
	    "With VERSION, the release must be that version. With --dry-run the\n"
	    "build still runs, because the plan depends on its result; no host is\n"
	    "changed.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
