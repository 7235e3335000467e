#include "cmd/release.h"

#include "cmd/reach.h"
#include "cmd/relup.h"
#include "cmd/step.h"
#include "cmd/units.h"
#include "core/artifact/build.h"
#include "core/base/scratch.h"
#include "core/base/str.h"
#include "core/plan/driver.h"

#include <string.h>
#include <unistd.h>

#define PLACEHOLDER "{version}"

enum { PATH_LIMIT = 4096, VERSIONS_MAX = 1024 * 1024 };

static void
on_output(void *ctx, const char *text, size_t len)
{
	const struct hd_local_step *s = ctx;

	hd_emit(s->sink, (struct hd_event){ .kind = HD_EV_OUTPUT,
			     .step = s->name,
			     .text = text,
			     .len = len });
}

static enum hd_status
run_build(const struct hd_cli *cli, const char *version, const char *running)
{
	const char *command = cli->inventory->app.build;
	struct hd_local_step s = hd_local_begin(cli, "build", command);
	const struct hd_build how = { .command = command,
		.env = cli->env != NULL ? cli->env->name : "",
		.version = version,
		.running = running,
		.out = on_output,
		.ctx = &s };
	struct hd_err err = { 0 };

	if (hd_build_run(&how, &err) < 0)
		return hd_local_failed(&s, &err);
	hd_local_end(&s, NULL);
	return HD_STATUS_OK;
}

/* "0.1.0 0.2.0" */
static const char *
join(const struct hd_running_versions *running, struct hd_arena *arena)
{
	HD_AUTO_STR text = HD_STR_INIT(VERSIONS_MAX);

	for (size_t i = 0; i < running->n; i++)
		hd_str_addf(
		    &text, "%s%s", i > 0 ? " " : "", running->v[i].version);
	return hd_arena_strdup(arena, text.ptr);
}

/* The path of the release, with {version} replaced. */
static int
locate(struct hd_str *out, const char *release, const char *version,
    struct hd_err *err)
{
	const char *p;

	while ((p = strstr(release, PLACEHOLDER)) != NULL) {
		if (version == NULL)
			return hd_err_set(err, HD_ECONFIG,
			    "\"release\" contains " PLACEHOLDER ": give a "
			    "version on the command line, or set \"version\" "
			    "in [app]");
		hd_str_addn(out, release, (size_t)(p - release));
		hd_str_add(out, version);
		release = p + strlen(PLACEHOLDER);
	}
	hd_str_add(out, release);
	return hd_str_check(out, err);
}

/* Names the left-out files, in case the build created them. */
static void
add_left_out(const struct hd_artifact *a, struct hd_str *text)
{
	for (size_t i = 0; i < a->left_out.n; i++)
		hd_str_addf(text, "%s%s",
		    i > 0 ? ", "
		    : a->plain
			? "; left out: "
			: "; left out because a running node writes it: ",
		    a->left_out.v[i]);
}

static enum hd_status
pack(struct hd_artifact **out, const struct hd_cli *cli, const char *path,
    const char *version)
{
	struct hd_local_step s = hd_local_begin(cli, "pack", path);
	struct hd_err err = { 0 };
	char size[HD_UNITS_MAX];
	HD_AUTO_STR text = HD_STR_INIT(4096);

	const struct hd_app *app = &cli->inventory->app;

	if ((hd_driver_find(app->driver)->plain ? hd_artifact_open_plain
						: hd_artifact_open)(
		out, path, app->name, version, app->max_unpacked, &err) < 0) {
		*out = NULL;
		return hd_local_failed(&s, &err);
	}
	if (version != NULL && strcmp((*out)->version, version) != 0) {
		hd_err_set(&err, HD_ELOCAL,
		    "%s is version %s, not %s: build %s first, or leave out "
		    "the version",
		    path, (*out)->version, version, version);
		hd_artifact_free(*out);
		*out = NULL;
		return hd_local_failed(&s, &err);
	}
	hd_units_bytes(size, (*out)->size);
	hd_str_addf(&text, "%s %s, %s", (*out)->name, (*out)->version, size);
	add_left_out(*out, &text);
	hd_local_end(&s, text.ptr);
	return HD_STATUS_OK;
}

/* Reads the running versions if the build or the relup needs them, and fetches
 * their tarballs for the relup into folder. */
static enum hd_status
ask(struct hd_running_versions *running, struct hd_cli *cli,
    const char *version, char folder[static HD_SCRATCH_PATH],
    struct hd_arena *arena)
{
	bool relup = hd_relup_wanted(cli);
	struct hd_err err = { 0 };

	if (cli->env == NULL || (cli->inventory->app.build == NULL && !relup))
		return HD_STATUS_OK;
	if (relup && hd_scratch_make(folder, &err) < 0)
		return hd_cli_fail(cli, &err);
	return hd_reach_running(
	    running, cli, version, relup ? folder : NULL, arena);
}

static enum hd_status
make(struct hd_artifact **out, struct hd_cli *cli, const char *path,
    const char *version, bool ship, char folder[static HD_SCRATCH_PATH])
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_running_versions running = { 0 };
	enum hd_status status = ask(&running, cli, version, folder, &arena);

	hd_emit_phase(cli->sink, "build", 0, "build and pack");
	if (status == HD_STATUS_OK && cli->inventory->app.build != NULL)
		status = run_build(cli, version,
		    cli->env != NULL ? join(&running, &arena) : NULL);
	/* a relup takes too long to leave connections alone */
	if (status == HD_STATUS_OK && ship && !hd_relup_wanted(cli) &&
	    access(path, R_OK) == 0)
		hd_reach_ahead(cli);
	if (status == HD_STATUS_OK)
		status = pack(out, cli, path, version);
	if (status == HD_STATUS_OK && hd_relup_wanted(cli))
		status = hd_relup_add(out, cli, path, &running);
	return status;
}

/* The path of the release of *version, which becomes that of deploy.ini if it
 * is NULL. Checked before the build, so that an error does not cost its
 * time. */
static int
find(struct hd_str *path, const struct hd_app *app, const char **version,
    struct hd_err *err)
{
	if (*version == NULL)
		*version = app->version;
	if (*version == NULL && hd_driver_find(app->driver)->plain)
		return hd_err_set(err, HD_ECONFIG,
		    "driver %s has no release file to read the version from: "
		    "give it on the command line, or set \"version\" in [app]",
		    app->driver);
	return locate(path, app->release, *version, err);
}

/* ship: hd_reach() follows. */
static enum hd_status
find_and_make(struct hd_artifact **out, struct hd_cli *cli, const char *version,
    bool ship)
{
	HD_AUTO_STR path = HD_STR_INIT(PATH_LIMIT);
	char folder[HD_SCRATCH_PATH] = ""; /* for fetched tarballs */
	struct hd_err err = { 0 };
	enum hd_status status;

	*out = NULL;
	if (find(&path, &cli->inventory->app, &version, &err) < 0)
		return hd_cli_fail(cli, &err);
	status = make(out, cli, path.ptr, version, ship, folder);
	hd_scratch_remove(folder);
	if (status != HD_STATUS_OK) {
		hd_artifact_free(*out);
		*out = NULL;
	}
	return status;
}

enum hd_status
hd_release_make(
    struct hd_artifact **out, struct hd_cli *cli, const char *version)
{
	return find_and_make(out, cli, version, false);
}

enum hd_status
hd_release_open(struct hd_artifact **out, struct hd_cli *cli,
    const char *version, const struct hd_running_versions *running)
{
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR path = HD_STR_INIT(PATH_LIMIT);
	struct hd_err err = { 0 };
	enum hd_status status = HD_STATUS_OK;

	*out = NULL;
	if (find(&path, &cli->inventory->app, &version, &err) < 0)
		return hd_cli_fail(cli, &err);
	if (cli->options.build && cli->inventory->app.build != NULL)
		status = run_build(cli, version, join(running, &arena));
	if (status == HD_STATUS_OK)
		status = pack(out, cli, path.ptr, version);
	if (status == HD_STATUS_OK && hd_relup_wanted(cli))
		(void)hd_relup_add(out, cli, path.ptr, running);
	return status;
}

enum hd_status
hd_release_ship(struct hd_cli *cli, enum hd_goal_kind kind)
{
	struct hd_artifact *a;
	struct hd_err err = { 0 };
	const char *version;
	enum hd_status status;

	if (hd_cli_version(&version, cli, 1, &err) < 0 ||
	    hd_reach_possible(cli, kind, &err) < 0)
		return hd_cli_fail(cli, &err);
	status = find_and_make(&a, cli, version, true);
	if (status == HD_STATUS_OK)
		status = hd_reach(
		    cli, &(struct hd_goal){ .kind = kind,
			     .version = a->version,
			     .artifact = a,
			     .hot = cli->options.hot,
			     .cold = cli->options.cold,
			     .replace = cli->options.replace,
			     .force_unhealthy = cli->options.force_unhealthy });
	hd_artifact_free(a);
	return status;
}
