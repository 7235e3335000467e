#include "cmd/commands.h"
#include "cmd/reach.h"

static enum hd_status
run(struct hd_cli *cli)
{
	return hd_reach_kind(cli, HD_GOAL_PRUNE);
}

const struct hd_command hd_command_prune = {
	.name = "prune",
	.args = "ENV",
	.help = "remove old versions from the hosts",
	.usage =
	    "Keeps the newest versions (\"keep\" in deploy.ini), the running version,\n"
	    "the version that boots, and the version that a rollback would return\n"
	    "to. Removes all others: their tarballs, their files, and libraries\n"
	    "that no other version uses. The node must be running: only it knows\n"
	    "which files it needs.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
