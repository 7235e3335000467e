#include "cmd/commands.h"
#include "cmd/reach.h"
#include "core/base/fs.h"

static enum hd_status
run(struct hd_cli *cli)
{
	struct hd_goal goal = { .kind = HD_GOAL_FETCH };
	struct hd_err err = { 0 };

	/* No host is asked for what cannot be kept here. */
	if (hd_cli_version(&goal.version, cli, 1, &err) < 0 ||
	    (cli->options.into != NULL && !cli->options.dry_run &&
		hd_fs_make_folder(cli->options.into, &err) < 0))
		return hd_cli_fail(cli, &err);
	return hd_reach(cli, &goal);
}

const struct hd_command hd_command_fetch = {
	.name = "fetch",
	.args = "ENV [VERSION]",
	.help = "bring back the tarball that really runs",
	.usage =
	    "Writes the tarball of what each host runs, or of VERSION, to\n"
	    "DIR/<app>-<version>.tar.gz, each version once; DIR is made if it\n"
	    "is not there, and the folders above it. So a clean checkout\n"
	    "can build its relup against it. Its digest must be the one\n"
	    "that was recorded when it was pushed. No host is changed.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
