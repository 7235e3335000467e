#include "cmd/commands.h"
#include "cmd/reach.h"
#include "cmd/release.h"
#include "cmd/relup.h"
#include "core/base/scratch.h"

/* The release that a push would send, opened when a host needs it. */
struct release {
	struct hd_cli *cli;
	const char *version;
	struct hd_artifact *artifact;
};

static const struct hd_artifact *
open_release(void *ctx, const struct hd_running_versions *running)
{
	struct release *r = ctx;

	(void)hd_release_open(&r->artifact, r->cli, r->version, running);
	return r->artifact;
}

static enum hd_status
check(struct hd_cli *cli, const struct hd_goal *goal)
{
	struct release r = { .cli = cli, .version = goal->version };
	char folder[HD_SCRATCH_PATH] = "";
	bool relup = goal->version != NULL && hd_relup_wanted(cli);
	struct hd_err err = { 0 };
	enum hd_status status;

	if (relup && hd_scratch_make(folder, &err) < 0)
		return hd_cli_fail(cli, &err);
	status = hd_reach_check(cli, goal, relup ? folder : NULL,
	    cli->stored == NULL ? open_release : NULL, &r);
	hd_scratch_remove(folder);
	hd_artifact_free(r.artifact);
	return status;
}

static enum hd_status
run(struct hd_cli *cli)
{
	struct hd_goal goal = { .kind = HD_GOAL_CHECK,
		.hot = cli->options.hot,
		.cold = cli->options.cold };
	struct hd_err err = { 0 };

	if (hd_cli_version(&goal.version, cli, 1, &err) < 0)
		return hd_cli_fail(cli, &err);
	return check(cli, &goal);
}

const struct hd_command hd_command_check = {
	.name = "check",
	.args = "ENV [VERSION]",
	.help = "find what would stop a change, before it begins",
	.usage =
	    "Logs in to every host of ENV and reports its findings, each with the\n"
	    "remedy. Nothing is changed: no lock is taken, so it also works while\n"
	    "another run changes the hosts. A host that cannot be reached is\n"
	    "reported; the others are still checked.\n"
	    "\n"
	    "A finding is a stop (a change would be refused), a warning or a note.\n"
	    "\"ignore = NAME\" in deploy.ini silences it.\n"
	    "\n"
	    "With VERSION, each host also gets a verdict: whether an upgrade to\n"
	    "VERSION would be hot, and why not. If a host does not have VERSION,\n"
	    "the verdict is about the release that push would send now. It is not\n"
	    "built, unless --build is given.\n"
	    "\n"
	    "The status is 0 if nothing stops a change, 4 if a finding or the\n"
	    "verdict does, 3 if a host could not be reached, 2 if deploy.ini is\n"
	    "wrong.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
