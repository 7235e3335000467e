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
	    "The newest changes of each host, oldest first: when, what, from\n"
	    "which version to which, what became of it, how long it took, who\n"
	    "did it, and the CI job if there was one. --json has the digests\n"
	    "too. --limit chooses hosts, --count how many changes (20).\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
