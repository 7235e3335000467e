#include "cmd/commands.h"
#include "cmd/reach.h"
#include "cmd/release.h"
#include "cmd/units.h"

/* The versions of all relup entries up (or down), "0.1.0, 0.1.1"; NULL if there
 * are none. */
static const char *
versions(struct hd_arena *arena, const struct hd_artifact *a, bool down)
{
	const char *list = NULL;

	for (size_t i = 0; i < a->relup.n; i++) {
		const struct hd_relup_entry *entry = &a->relup.v[i];

		if (entry->down != down)
			continue;
		list = hd_arena_fmt(arena, "%s%s%s", list != NULL ? list : "",
		    list != NULL ? ", " : "", entry->from);
	}
	return list;
}

/* What it means that the release has no relup. */
static const char *
describe_lack(const struct hd_cli *cli)
{
	if (cli->inventory->app.relup != HD_RELUP_AUTO)
		return "none: a hot upgrade to it is impossible";
	return cli->env == NULL
		   ? "made by push, for the versions that run (relup = auto)"
		   : "none for the versions that run";
}

static void
describe(const struct hd_cli *cli, const struct hd_artifact *a)
{
	HD_AUTO_ARENA arena = { 0 };
	char size[HD_UNITS_MAX], unpacked[HD_UNITS_MAX];
	const char *up = versions(&arena, a, false),
		   *down = versions(&arena, a, true);

	hd_units_bytes(size, a->size);
	hd_units_bytes(unpacked, a->unpacked);
	hd_emitf(cli->sink, HD_EV_NOTE, NULL, "%s %s, ERTS %s", a->name,
	    a->version, a->erts != NULL ? a->erts : "not included");
	hd_emitf(cli->sink, HD_EV_NOTE, NULL,
	    "size      %s, unpacked %s in %zu file%s", size, unpacked,
	    a->entries.n, a->entries.n == 1 ? "" : "s");
	hd_emitf(cli->sink, HD_EV_NOTE, NULL, "identity  %s", a->identity);
	hd_emitf(cli->sink, HD_EV_NOTE, NULL, "sha256    %s", a->sha256);
	if (up == NULL && down == NULL)
		hd_emitf(cli->sink, HD_EV_NOTE, NULL, "relup     %s",
		    describe_lack(cli));
	if (up != NULL)
		hd_emitf(
		    cli->sink, HD_EV_NOTE, NULL, "relup     up from %s", up);
	if (down != NULL)
		hd_emitf(
		    cli->sink, HD_EV_NOTE, NULL, "relup     down to %s", down);
}

/* Shows refusals of a push now rather than in the job that pushes. */
static enum hd_status
try_push(struct hd_cli *cli, const struct hd_artifact *a)
{
	const struct hd_goal goal = {
		.kind = HD_GOAL_PUSH, .version = a->version, .artifact = a
	};

	cli->options.dry_run = true;
	return hd_reach(cli, &goal);
}

static enum hd_status
run(struct hd_cli *cli)
{
	struct hd_artifact *a;
	struct hd_err err = { 0 };
	const char *version;
	enum hd_status status;

	if (hd_cli_version(&version, cli, cli->env != NULL, &err) < 0)
		return hd_cli_fail(cli, &err);
	status = hd_release_make(&a, cli, version);
	if (status == HD_STATUS_OK)
		describe(cli, a);
	if (status == HD_STATUS_OK && cli->env != NULL)
		status = try_push(cli, a);
	hd_artifact_free(a);
	return status;
}

const struct hd_command hd_command_build = {
	.name = "build",
	.args = "[ENV] [VERSION]",
	.help = "build and pack the release here, and describe it",
	.usage =
	    "Runs the \"build\" command of deploy.ini, if there is one, with\n"
	    "HDEPLOY_ENV and (if VERSION or deploy.ini sets it) HDEPLOY_VERSION.\n"
	    "Then packs \"release\" as push would, and shows its name, version,\n"
	    "size, identity and relup.\n"
	    "\n"
	    "With ENV, its hosts are asked first, and HDEPLOY_RUNNING has their\n"
	    "running versions, sorted and separated by spaces: the versions that\n"
	    "a relup must lead from; \"relup = auto\" makes it. Afterwards the plan\n"
	    "of a push is shown, with its refusals (status 4). Without ENV, hdeploy\n"
	    "talks to no host, and makes no relup.\n",
	.flags = HD_NEEDS_FILE | HD_MAY_NAME_ENV,
	.run = run,
};
