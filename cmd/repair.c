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
	.help = "mend files and boot pointers, remove leftovers",
	.usage =
	    "Mends the drift that \"hdeploy status --deep\" finds: files of a version\n"
	    "that are missing or damaged, restored from its kept tarball; boot\n"
	    "pointers that name another version than the running one; a\n"
	    "releases/RELEASES that lost versions; files left by operations that\n"
	    "were cut off. The node keeps running, and no version changes.\n"
	    "\n"
	    "Shows the plan of each host, and asks before it changes anything;\n"
	    "--yes does not ask. A host that needs nothing is not touched. Replaced\n"
	    "files stay in .hdeploy/snapshots. If it cannot mend a problem, it shows\n"
	    "the command that can.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
