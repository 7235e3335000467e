#include "cmd/commands.h"
#include "cmd/reach.h"

/* FOLLOWED_MAX: each host takes a connection and a thread. */
enum { LINES = 50, FOLLOWED_MAX = 200 };

static enum hd_status
run(struct hd_cli *cli)
{
	const struct hd_options *o = &cli->options;
	struct hd_err err = { 0 };

	if (o->follow)
		hd_view_endless(cli->view);
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
	    "Shows the newest lines of each host's log. The log is the newest file\n"
	    "that matches \"logs\" in deploy.ini. Without \"logs\", it is the journal\n"
	    "of the unit (service), or the newest file that the release's control\n"
	    "script writes. HOST is the same as --limit HOST.\n"
	    "\n"
	    "-n sets the number of lines (50). --follow continues with new lines as\n"
	    "they are written, even after the log is rotated, until Ctrl-C. The user\n"
	    "in effect must be able to read the log: for a journal, that user must\n"
	    "be in the group systemd-journal.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_MAY_NAME_HOST,
	.run = run,
};
