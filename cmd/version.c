#include "cmd/version.h"

#include "cmd/commands.h"
#include "cmd/connect.h"
#include "core/artifact/library.h"
#include "core/base/digest.h"
#include "core/base/json.h"

/* libelf and inih do not tell their versions. */
static const struct {
	const char *name;
	const char *(*version)(void);
} libraries[] = {
	{ "libssh2", hd_connect_library },
	{ "libcrypto", hd_digest_library },
	{ "libarchive", hd_archive_library },
	{ "libdeflate", hd_deflate_library },
	{ "zlib", hd_zlib_library },
	{ "jansson", hd_json_library },
};

static enum hd_status
run(struct hd_cli *cli)
{
	fprintf(cli->text, "hdeploy %s\n", HD_VERSION);
	for (size_t i = 0; i < HD_COUNT(libraries); i++)
		fprintf(cli->text, "%s %s\n", libraries[i].name,
		    libraries[i].version());
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
