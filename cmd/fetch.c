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
	    "VERSION, to DIR/<app>-<version>.tar.gz (--into=DIR), each version\n"
	    "once. DIR and its parent folders are created if missing. A clean\n"
	    "checkout can then build a relup from it. The SHA-256 must equal the\n"
	    "one recorded at the push. No host is changed.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
