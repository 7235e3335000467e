#include "cmd/commands.h"
#include "cmd/reach.h"
#include "core/base/fs.h"

static enum hd_status
run(struct hd_cli *cli)
{
	struct hd_goal goal = { .kind = HD_GOAL_FETCH };
	struct hd_err err = { 0 };

	/* Connect to no host if the folder cannot be created. */
	if (hd_cli_version(&goal.version, cli, 1, &err) < 0 ||
	    (cli->options.into != NULL && !cli->options.dry_run &&
		hd_fs_make_folder(cli->options.into, &err) < 0))
		return hd_cli_fail(cli, &err);
	return hd_reach(cli, &goal);
}

const struct hd_command hd_command_fetch = {
	.name = "fetch",
	.args = "ENV [VERSION]",
	.help = "bring back the tarball of the running version",
	.usage =
	    "Writes the tarball of the running version of each host, or of\n"
	    "VERSION, to DIR/<app>-<version>.tar.gz, each version once. DIR and\n"
	    "its parent folders are created if missing. A clean checkout can then\n"
	    "build a relup from it. The digest must equal the one recorded at the\n"
	    "push. No host is changed.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
