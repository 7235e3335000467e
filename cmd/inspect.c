#include "cmd/inspect.h"

#include "cmd/commands.h"
#include "cmd/source.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t unpacked_max = 20ull << 30;

static void
done(struct hd_inspection *x)
{
	hd_comparison_done(&x->changes);
	hd_artifact_free(x->old);
	hd_artifact_free(x->new);
	hd_arena_done(&x->arena);
}

static int
open_one(struct hd_artifact **out, struct hd_inspection *x, const char *word,
    const char *other, struct hd_err *err)
{
	struct hd_source s = { 0 };

	if (hd_source_find(&s, &x->arena, word, other, err) < 0)
		return -1;
	return hd_artifact_open_as_is(
	    out, s.path, NULL, s.version, unpacked_max, err);
}

static int
open_all(struct hd_inspection *x, const struct hd_cli *cli, struct hd_err *err)
{
	const char *const *args = cli->args;

	if (cli->nargs == 1)
		return open_one(&x->new, x, args[0], NULL, err);
	if (open_one(&x->old, x, args[0], args[1], err) < 0 ||
	    open_one(&x->new, x, args[1], args[0], err) < 0)
		return -1;
	if (strcmp(x->old->name, x->new->name) == 0)
		return 0;
	return hd_err_set(err, HD_EUSAGE,
	    "OLD is a release of %s and NEW is a release of %s: give two "
	    "versions of the same release",
	    x->old->name, x->new->name);
}

static int
by_name(const void *a, const void *b)
{
	const struct hd_application *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static void
sort_applications(struct hd_inspection *x)
{
	for (size_t i = 0; i < x->new->applications.n; i++)
		*HD_PUSH(&x->arena, &x->applications) =
		    &x->new->applications.v[i];
	if (x->applications.n > 0)
		qsort(x->applications.v, x->applications.n,
		    sizeof(*x->applications.v), by_name);
}

static enum hd_status
run(struct hd_cli *cli)
{
	HD_CLEANUP(done) struct hd_inspection x = { 0 };
	struct hd_err err = { 0 };

	if (open_all(&x, cli, &err) < 0)
		return hd_cli_fail(cli, &err);
	if (x.old != NULL)
		hd_compare(&x.changes, x.old, x.new);
	hd_demands_list(&x.demands, &x.arena, x.new);
	sort_applications(&x);
	hd_inspect_problems(&x);
	hd_inspect_json(&x, cli->sink);
	hd_inspect_text(&x, cli->sink, cli->options.verbose);
	return HD_STATUS_OK;
}

const struct hd_command hd_command_inspect = {
	.name = "inspect",
	.args = "[OLD] RELEASE",
	.help = "describe a release, or compare it with an older one",
	.usage =
	    "Reads a release on this machine: a folder, a tarball, or a version as\n"
	    "`hdeploy appup` takes it. Needs no deploy.ini, no Erlang, no host.\n"
	    "\n"
	    "With one release: its applications, the versions that its relup leads\n"
	    "from and to, what it needs of a host, and its problems, such as a\n"
	    "sys.config that does not parse.\n"
	    "\n"
	    "With two, in the order OLD NEW, as in diff: what differs. Each module\n"
	    "that differs has the instruction of the relup that loads or removes it,\n"
	    "up (from OLD to NEW) and down, or \"none\": then a hot upgrade succeeds,\n"
	    "and the node keeps the old code. Values of settings that could be secret\n"
	    "are hidden.\n"
	    "\n"
	    "Long lists are cut; --verbose shows all, and so does --json. The exit\n"
	    "status is 0 even if the releases differ or have problems, 2 if one\n"
	    "does not exist, 7 if one cannot be read.\n",
	.run = run,
};
