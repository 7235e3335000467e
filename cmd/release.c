#include "cmd/release.h"

#include "cmd/reach.h"
#include "cmd/units.h"
#include "core/artifact/build.h"
#include "core/base/clock.h"
#include "core/base/str.h"
#include "core/plan/driver.h"

#include <string.h>

#define PLACEHOLDER "{version}"

enum { PATH_LIMIT = 4096 };

/* One step on this machine. */
struct step {
	const struct hd_sink *sink;
	const char *name;
	int64_t begun;
};

static struct step
begin(const struct hd_cli *cli, const char *name, const char *text)
{
	struct step s = { cli->sink, name, hd_clock_ms() };

	hd_emit(s.sink, (struct hd_event){ .kind = HD_EV_STEP,
			    .step = name,
			    .result = HD_STEP_BEGIN,
			    .text = text });
	return s;
}

static void
end(const struct step *s, const char *result, const char *text)
{
	hd_emit(s->sink, (struct hd_event){ .kind = HD_EV_STEP,
			     .step = s->name,
			     .result = result,
			     .text = text,
			     .ms = hd_clock_ms() - s->begun });
}

static enum hd_status
failed(const struct step *s, const struct hd_err *err)
{
	end(s, HD_STEP_FAILED, err->msg);
	return hd_status_of(err->code);
}

static void
on_output(void *ctx, const char *text, size_t len)
{
	const struct step *s = ctx;

	hd_emit(s->sink, (struct hd_event){ .kind = HD_EV_OUTPUT,
			     .step = s->name,
			     .text = text,
			     .len = len });
}

static enum hd_status
run_build(const struct hd_cli *cli, const char *version, const char *running)
{
	const char *command = cli->inventory->app.build;
	struct step s = begin(cli, "build", command);
	const struct hd_build how = { .command = command,
		.env = cli->env != NULL ? cli->env->name : "",
		.version = version,
		.running = running,
		.out = on_output,
		.ctx = &s };
	struct hd_err err = { 0 };

	if (hd_build_run(&how, &err) < 0)
		return failed(&s, &err);
	end(&s, HD_STEP_OK, NULL);
	return HD_STATUS_OK;
}

static enum hd_status
build(struct hd_cli *cli, const char *version)
{
	HD_AUTO_ARENA arena = { 0 };
	const char *running = NULL;
	enum hd_status status;

	if (cli->inventory->app.build == NULL)
		return HD_STATUS_OK;
	if (cli->env != NULL) {
		status = hd_reach_running(&running, cli, &arena);
		if (status != HD_STATUS_OK)
			return status;
	}
	return run_build(cli, version, running);
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
	struct step s = begin(cli, "pack", path);
	struct hd_err err = { 0 };
	char size[HD_UNITS_MAX];
	HD_AUTO_STR text = HD_STR_INIT(4096);

	const struct hd_app *app = &cli->inventory->app;

	if ((hd_driver_find(app->driver)->plain ? hd_artifact_open_plain
						: hd_artifact_open)(
		out, path, app->name, version, app->max_unpacked, &err) < 0) {
		*out = NULL;
		return failed(&s, &err);
	}
	if (version != NULL && strcmp((*out)->version, version) != 0) {
		hd_err_set(&err, HD_ELOCAL,
		    "%s is version %s, not %s: build %s first, or leave out "
		    "the version",
		    path, (*out)->version, version, version);
		hd_artifact_free(*out);
		*out = NULL;
		return failed(&s, &err);
	}
	hd_units_bytes(size, (*out)->size);
	hd_str_addf(&text, "%s %s, %s", (*out)->name, (*out)->version, size);
	add_left_out(*out, &text);
	end(&s, HD_STEP_OK, text.ptr);
	return HD_STATUS_OK;
}

enum hd_status
hd_release_make(
    struct hd_artifact **out, struct hd_cli *cli, const char *version)
{
	const struct hd_app *app = &cli->inventory->app;
	HD_AUTO_STR path = HD_STR_INIT(PATH_LIMIT);
	struct hd_err err = { 0 };
	enum hd_status status;

	*out = NULL;
	if (version == NULL)
		version = app->version;
	/* Before the build, so that an error does not cost its time. */
	if (version == NULL && hd_driver_find(app->driver)->plain) {
		hd_err_set(&err, HD_ECONFIG,
		    "driver %s has no release file to read the version from: "
		    "give it on the command line, or set \"version\" in [app]",
		    app->driver);
		return hd_cli_fail(cli, &err);
	}
	if (locate(&path, app->release, version, &err) < 0)
		return hd_cli_fail(cli, &err);
	status = build(cli, version);
	if (status != HD_STATUS_OK)
		return status;
	return pack(out, cli, path.ptr, version);
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
	status = hd_release_make(&a, cli, version);
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
