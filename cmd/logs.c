#include "cmd/commands.h"
#include "cmd/reach.h"

/* FOLLOWED_MAX: each host takes a connection and a thread. */
enum { LINES = 50, FOLLOWED_MAX = 200 };

static enum hd_status
run(struct hd_cli *cli)
{
	const struct hd_options *o = &cli->options;
	struct hd_err err = { 0 };

	if (!o->follow || cli->nhosts <= FOLLOWED_MAX)
		return hd_reach_logs(
		    cli, o->lines > 0 ? o->lines : LINES, o->follow);
	hd_err_set(&err, HD_EUSAGE,
	    "--follow takes at most %d hosts, not %zu: choose some with "
	    "--limit",
	    FOLLOWED_MAX, cli->nhosts);
	return hd_cli_fail(cli, &err);
}

const struct hd_command hd_command_logs = {
	.name = "logs",
	.args = "ENV [HOST]",
	.help = "show the newest lines of the service's log",
	.usage =
	    "Shows the newest lines of each host's log: of the files that \"logs\"\n"
	    "in deploy.ini names, else of the journal of the unit (service), else\n"
	    "of the newest file that the release's control script writes. Of\n"
	    "several files that match, the newest one. HOST is like --limit HOST.\n"
	    "\n"
	    "-n sets the number of lines (50). --follow then shows new lines as\n"
	    "they come, also those of the next file after a rotation, until Ctrl-C.\n"
	    "The user in effect must be allowed to read the log: for a journal,\n"
	    "that is the group systemd-journal.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_MAY_NAME_HOST,
	.run = run,
};
