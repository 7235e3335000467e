#include "cmd/commands.h"
#include "cmd/reach.h"
#include "cmd/release.h"

static enum hd_status
run(struct hd_cli *cli)
{
	struct hd_artifact *a;
	struct hd_err err = { 0 };
	const char *version;
	enum hd_status status;

	if (hd_cli_version(&version, cli, 1, &err) < 0)
		return hd_cli_fail(cli, &err);
	status = hd_release_make(&a, cli, version);
	if (status == HD_STATUS_OK) {
		struct hd_goal goal = { .kind = HD_GOAL_PUSH,
			.version = a->version,
			.artifact = a,
			.replace = cli->options.replace };

		status = hd_reach(cli, &goal);
	}
	hd_artifact_free(a);
	return status;
}

const struct hd_command hd_command_push = {
	.name = "push",
	.args = "ENV [VERSION]",
	.help = "build, pack and ship the release to the hosts of ENV",
	.usage =
	    "Runs the \"build\" command of deploy.ini here, packs \"release\"\n"
	    "and ships it. What runs on the hosts keeps running as it is; on\n"
	    "a host without a release it is unpacked, so that start works.\n"
	    "A host that has the same version already is left alone; other\n"
	    "bits under the same version are refused (status 4), or with\n"
	    "--replace take its place where it neither runs nor boots.\n"
	    "\n"
	    "With VERSION, the release must be that version. With --dry-run\n"
	    "the build still runs, since the plan depends on what it makes;\n"
	    "no host is changed.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV | HD_CHANGES_HOSTS,
	.run = run,
};
