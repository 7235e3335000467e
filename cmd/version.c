#include "cmd/version.h"

#include "cmd/commands.h"
#include "cmd/libraries.h"

static enum hd_status
run(struct hd_cli *cli)
{
	const struct hd_used_library *l;

	fprintf(cli->text, "hdeploy %s\n", HD_VERSION);
	for (size_t i = 0; (l = hd_used_library(i)) != NULL; i++)
		fprintf(cli->text, "%s %s\n", l->name, l->version());
	return HD_STATUS_OK;
}

const struct hd_command hd_command_version = {
	.name = "version",
	.args = "",
	.help = "show the versions of hdeploy and its libraries",
	.usage =
	    "The first line is the version of hdeploy, the others are those of the\n"
	    "libraries that it uses. --version does the same.\n",
	.run = run,
};
