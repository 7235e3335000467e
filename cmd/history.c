#include "cmd/commands.h"
#include "cmd/reach.h"

enum { COUNT = 20 };

static enum hd_status
run(struct hd_cli *cli)
{
	return hd_reach_history(
	    cli, cli->options.count > 0 ? cli->options.count : COUNT);
}

const struct hd_command hd_command_history = {
	.name = "history",
	.args = "ENV",
	.help = "show who changed what on the hosts of ENV",
	.usage =
	    "Shows the newest changes of each host, oldest first: time, command,\n"
	    "versions, result, duration, user, and the CI job if there was one.\n"
	    "--json adds the ids of changes and the SHA-256 of tarballs. --limit\n"
	    "selects hosts, --count sets the number of changes (20).\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
