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
	    "Leaves the newest versions (keep in deploy.ini), what runs, what\n"
	    "would boot, and what a rollback would go back to. All else goes:\n"
	    "its tarball, its files, and libraries that no other version\n"
	    "names. The node has to run: only it knows which files it needs.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
