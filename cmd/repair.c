#include "cmd/commands.h"
#include "cmd/reach.h"

static enum hd_status
run(struct hd_cli *cli)
{
	return hd_reach_kind(cli, HD_GOAL_REPAIR);
}

const struct hd_command hd_command_repair = {
	.name = "repair",
	.args = "ENV",
	.help = "mend files, boot pointers and leftovers",
	.usage =
	    "Mends what \"hdeploy status --deep\" finds and the running node does\n"
	    "not notice: files of a version that are missing or damaged, restored\n"
	    "from its kept tarball; boot pointers that name another version than\n"
	    "the running one; a releases/RELEASES that lost versions; files that an\n"
	    "operation left when it was cut off. The node keeps running, and no\n"
	    "version changes.\n"
	    "\n"
	    "Shows the plan of each host, and asks before it changes anything;\n"
	    "--yes does not ask. A host that needs nothing is not touched. The\n"
	    "files that it replaces stay in .hdeploy/snapshots. For a problem that\n"
	    "it cannot mend, it shows the command that can.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
