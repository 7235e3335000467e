#include "cmd/appup.h"

#include "cmd/commands.h"
#include "cmd/source.h"
#include "core/artifact/extract.h"
#include "core/base/fs.h"
#include "core/base/scratch.h"
#include "core/erlang/erlang.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "appup" /* of the project's own appups */

enum {
	TEXT_MAX = 4 * 1024 * 1024,
	TIMEOUT_MS = 5 * 60 * 1000,
};

static const uint64_t unpacked_max = 20ull << 30;

int
hd_appup_folder(const char **out, struct hd_arena *a, struct hd_err *err)
{
	char here[PATH_MAX];

	if (getcwd(here, sizeof(here)) == NULL)
		return hd_err_set(err, HD_ELOCAL,
		    "cannot find out the current folder: %s", strerror(errno));
	*out = hd_arena_fmt(a, "%s/" FOLDER, here);
	return 0;
}

/* Beams, .app and .appup files, native libraries and .rel files. */
static bool
is_wanted(void *ctx, const char *path, uint64_t size)
{
	const char *dot = strrchr(path, '.');

	(void)ctx;
	(void)size;
	return strstr(path, "/ebin/") != NULL ||
	       (strstr(path, "/priv/") != NULL && dot != NULL &&
		   (strcmp(dot, ".so") == 0 || strcmp(dot, ".dylib") == 0)) ||
	       (dot != NULL && strcmp(dot, ".rel") == 0);
}

/* The two releases and the folder into which their files are extracted. */
struct pair {
	struct hd_artifact *old, *new;
	char scratch[HD_SCRATCH_PATH];
	struct hd_arena arena;
};

static void
pair_done(struct pair *p)
{
	hd_artifact_free(p->old);
	hd_artifact_free(p->new);
	hd_scratch_remove(p->scratch);
	hd_arena_done(&p->arena);
}

static int
open_one(struct hd_artifact **out, struct pair *p, const struct hd_source *s,
    const char *side, struct hd_err *err)
{
	const char *folder = hd_arena_fmt(&p->arena, "%s/%s", p->scratch, side);

	if (hd_artifact_open_as_is(
		out, s->path, NULL, s->version, unpacked_max, err) < 0 ||
	    hd_fs_make_folder(folder, err) < 0)
		return -1;
	return hd_extract(*out, folder, is_wanted, NULL, err);
}

static int
check_pair(const struct pair *p, struct hd_err *err)
{
	if (strcmp(p->old->name, p->new->name) != 0)
		return hd_err_set(err, HD_EUSAGE,
		    "OLD is a release of %s and NEW is a release of %s: give "
		    "two versions of the same release",
		    p->old->name, p->new->name);
	if (strcmp(p->old->version, p->new->version) == 0)
		return hd_err_set(err, HD_EUSAGE,
		    "both releases are version %s: change the version of the "
		    "new one, and build it again",
		    p->new->version);
	return 0;
}

static int
open_pair(struct pair *p, const struct hd_cli *cli, struct hd_err *err)
{
	struct hd_source old = { 0 }, new = { 0 };
	const char *const *args = cli->args;

	if (hd_source_find(&old, &p->arena, args[0], args[1], err) < 0 ||
	    hd_source_find(&new, &p->arena, args[1], args[0], err) < 0 ||
	    hd_scratch_make(p->scratch, err) < 0 ||
	    open_one(&p->old, p, &old, "old", err) < 0 ||
	    open_one(&p->new, p, &new, "new", err) < 0)
		return -1;
	return check_pair(p, err);
}

static int
compare(struct pair *p, const char *appups, struct hd_pairs *answer,
    struct hd_err *err)
{
	const struct hd_pair args[] = {
		{ "old", hd_arena_fmt(&p->arena, "%s/old", p->scratch) },
		{ "new", hd_arena_fmt(&p->arena, "%s/new", p->scratch) },
		{ "old_version", p->old->version },
		{ "new_version", p->new->version },
		{ "folder", appups },
		{ "shown", FOLDER },
	};
	const struct hd_erlang_call call = {
		.program = "appup",
		.args = args,
		.nargs = HD_COUNT(args),
		.purpose = "appup",
		.timeout_ms = TIMEOUT_MS,
	};
	const char *refused;

	if (hd_erlang_run(&call, &p->arena, answer, err) < 0)
		return -1;
	refused = hd_erlang_get(answer, "refused");
	return refused == NULL ? 0
			       : hd_err_set(err, HD_EREFUSED, "%s", refused);
}

/* The answer for one application. */
struct app {
	const char *file;
	const char *fine;    /* why it needs no draft */
	const char *partial; /* which modules its appup lacks */
	const char *exists;  /* why its file is not written */
	struct hd_str text;
	size_t next; /* in the answer */
};

static void
read_pair(struct app *out, const struct hd_pair *one)
{
	const struct {
		const char *key;
		const char **value;
	} rows[] = { { "file", &out->file }, { "fine", &out->fine },
		{ "partial", &out->partial }, { "exists", &out->exists } };

	if (strcmp(one->name, "line") == 0)
		hd_str_addf(&out->text, "%s\n", one->value);
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		if (strcmp(one->name, rows[i].key) == 0)
			*rows[i].value = one->value;
}

static void
read_app(struct app *out, const struct hd_pairs *answer, size_t i)
{
	hd_str_init(&out->text, TEXT_MAX);
	for (; i < answer->n && strcmp(answer->v[i].name, "app") != 0; i++)
		read_pair(out, &answer->v[i]);
	out->next = i;
}

static void
note(const struct hd_cli *cli, const char *text)
{
	hd_emitf(cli->sink, HD_EV_NOTE, NULL, "%s", text);
}

/* Emits the things that a person must write, and the notes. */
static void
say(const struct hd_cli *cli, const struct hd_pairs *answer, size_t i, size_t n)
{
	for (; i < n; i++) {
		const struct hd_pair *one = &answer->v[i];

		if (strcmp(one->name, "must") == 0)
			hd_emitf(cli->sink, HD_EV_NOTE, NULL, "to do: %s",
			    one->value);
		else if (strcmp(one->name, "note") == 0)
			note(cli, one->value);
	}
}

static int
write_app(const struct hd_cli *cli, const struct app *app, struct hd_err *err)
{
	int exists;

	if (app->exists != NULL)
		return hd_err_set(err, HD_EUSAGE, "%s", app->exists);
	if (hd_str_check(&app->text, err) < 0 ||
	    hd_fs_make_folder(FOLDER, err) < 0)
		return -1;
	exists = hd_fs_create(app->file, app->text.ptr, app->text.len, err);
	if (exists > 0)
		hd_err_set(err, HD_EUSAGE,
		    "%s already exists and was not changed", app->file);
	if (exists != 0)
		return -1;
	hd_emitf(cli->sink, HD_EV_NOTE, NULL,
	    "wrote %s: review it, then remove its line \"%%%% draft\"",
	    app->file);
	return 0;
}

static int
handle(const struct hd_cli *cli, const struct app *app, struct hd_err *err)
{
	if (app->fine != NULL) {
		note(cli, app->fine);
		return 0;
	}
	if (app->partial != NULL)
		return hd_err_set(err, HD_EREFUSED, "%s", app->partial);
	if (!cli->options.dry_run || app->text.len == 0)
		return write_app(cli, app, err);
	fprintf(cli->text, "%%%% %s\n%s\n", app->file, app->text.ptr);
	return 0;
}

/* Reports every application, even if the file of one cannot be written. */
static enum hd_status
report(const struct hd_cli *cli, const struct hd_pairs *answer)
{
	enum hd_status worst = HD_STATUS_OK;
	struct app app;
	size_t apps = 0;

	read_app(&app, answer, 0);
	say(cli, answer, 0, app.next);
	hd_str_done(&app.text);
	for (size_t i = app.next; i < answer->n; i = app.next, apps++) {
		struct hd_err err = { 0 };

		app = (struct app){ 0 };
		read_app(&app, answer, i + 1);
		if (handle(cli, &app, &err) < 0)
			worst = hd_status_worse(worst, hd_cli_fail(cli, &err));
		say(cli, answer, i, app.next);
		hd_str_done(&app.text);
	}
	if (apps == 0)
		note(cli, "no application has a new version: no appup needed");
	return worst;
}

static enum hd_status
run(struct hd_cli *cli)
{
	HD_CLEANUP(pair_done) struct pair pair = { 0 };
	struct hd_pairs answer = { 0 };
	struct hd_err err = { 0 };
	const char *appups;

	if (hd_appup_folder(&appups, &pair.arena, &err) < 0 ||
	    open_pair(&pair, cli, &err) < 0 ||
	    compare(&pair, appups, &answer, &err) < 0)
		return hd_cli_fail(cli, &err);
	return report(cli, &answer);
}

const struct hd_command hd_command_appup = {
	.name = "appup",
	.args = "OLD NEW",
	.help = "draft the appups between two releases",
	.usage =
	    "Compares two versions of a release and writes appup/APP.appup for\n"
	    "each application that changed and has no appup. It has the modules to\n"
	    "load, in order, and the children that supervisors start and end, for\n"
	    "both directions. OLD and NEW are folders, tarballs, or versions: a\n"
	    "version that `fetch` brought into this folder, or one that is in the\n"
	    "other folder, too (a build folder often still has the old version).\n"
	    "\n"
	    "A draft lists what you must decide, such as how to convert a state that\n"
	    "changed. Review it, then remove its line \"%% draft\": until then no\n"
	    "relup is made from it. An existing file is never changed (status 2).\n"
	    "--dry-run prints the files and writes none; it prints an existing file\n"
	    "with the entry for OLD added. Needs Erlang on this machine.\n",
	.run = run,
};
