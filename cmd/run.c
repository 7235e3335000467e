#include "cmd/commands.h"
#include "cmd/reach.h"

#include "core/base/str.h"

enum { COMMAND_MAX = 64 * 1024 };

/* Joins the words with spaces, as ssh does; the shell on the host splits them.
 */
static int
join(struct hd_str *out, const struct hd_cli *cli, struct hd_err *err)
{
	for (size_t i = 1; i < cli->nargs; i++)
		hd_str_addf(out, "%s%s", i > 1 ? " " : "", cli->args[i]);
	if (hd_str_check(out, err) < 0)
		return hd_err_prefix(err, "COMMAND");
	return 0;
}

static enum hd_status
run(struct hd_cli *cli)
{
	HD_AUTO_STR command = HD_STR_INIT(COMMAND_MAX);
	struct hd_goal goal = { .kind = HD_GOAL_COMMAND };
	struct hd_err err = { 0 };

	if (join(&command, cli, &err) < 0)
		return hd_cli_fail(cli, &err);
	goal.command = command.ptr;
	return hd_reach(cli, &goal);
}

const struct hd_command hd_command_run = {
	.name = "run",
	.args = "ENV COMMAND...",
	.help = "run a shell command on the hosts of ENV",
	.usage =
	    "Runs COMMAND with the shell of each host, in the release root, as\n"
	    "run_as, with the node's environment, on --parallel hosts at once.\n"
	    "Its output is shown with the name of the host. Its time limit is\n"
	    "upgrade_timeout, and it continues if the connection breaks. Put --\n"
	    "before a COMMAND that has options. COMMAND is kept in a file on the\n"
	    "host for a while: do not put secrets into it.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
