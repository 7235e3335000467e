#include "cmd/commands.h"
#include "cmd/reach.h"

static enum hd_status
run(struct hd_cli *cli)
{
	unsigned every = cli->options.watch;

	if (every == 0)
		return hd_reach_kind(cli, HD_GOAL_STATUS);
	hd_view_endless(cli->view);
	return hd_reach_watch(cli, every);
}

const struct hd_command hd_command_status = {
	.name = "status",
	.args = "ENV",
	.help = "show the running and booting version of each host",
	.usage =
	    "Asks every host and changes nothing. The status is 1 if something is\n"
	    "wrong: a node that does not answer, loaded code that differs from\n"
	    "the installed code, another version at the next boot, files of a\n"
	    "version that are gone or changed. \"hdeploy repair\" mends most of it.\n"
	    "A file is read and compared only if its size or time changed; --deep\n"
	    "compares all files.\n"
	    "\n"
	    "--watch 5s asks again every 5 seconds, until Ctrl-C. At a terminal the\n"
	    "table is redrawn in place, and each change stays above it, with its\n"
	    "time; elsewhere the table is printed once, and then each change. The\n"
	    "connections stay open (with more than 256 hosts, not all of them). A\n"
	    "lost host is tried again in every pass, after a failed login only\n"
	    "every 5 minutes. The exit status is that of the last pass.\n"
	    "\n"
	    "--save FILE also writes the answers of the hosts to FILE, for a bug\n"
	    "report: it contains no commands and no secrets. With --facts FILE,\n"
	    "this command and the commands that change hosts read such a FILE and\n"
	    "show what they would do. They connect to no host.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
