#include "cmd/version.h"

#include "cmd/commands.h"

static enum hd_status
run(struct hd_cli *cli)
{
	fprintf(cli->text, "hdeploy %s\n", HD_VERSION);
	return HD_STATUS_OK;
}

const struct hd_command hd_command_version = {
	.name = "version",
	.args = "",
	.help = "show the version of hdeploy",
	.usage = "Prints the version on one line. --version does the same.\n",
	.run = run,
};
