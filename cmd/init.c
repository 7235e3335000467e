#include "cmd/commands.h"
#include "cmd/project.h"

#include "core/base/fs.h"

#include <string.h>

enum { SOURCE_MAX = 1024 * 1024, INI_MAX = 64 * 1024 };

/* *out is NULL if the file does not exist. */
static int
source(
    const char **out, struct hd_arena *a, const char *path, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(SOURCE_MAX);
	int missing = hd_fs_read_regular(path, &text, err);

	*out = missing == 0 ? hd_arena_strdup(a, text.ptr) : NULL;
	return missing < 0 ? -1 : 0;
}

static int
read_sources(struct hd_sources *in, struct hd_arena *a, struct hd_err *err)
{
	for (size_t i = 0; i < HD_SOURCES; i++) {
		if (source(&in->text[i], a, hd_source_files[i], err) < 0)
			return -1;
	}
	return 0;
}

static int
create(const char *path, const struct hd_str *text, struct hd_err *err)
{
	int exists = hd_fs_create(path, text->ptr, text->len, err);

	if (exists > 0)
		hd_err_set(err, HD_EUSAGE,
		    "%s already exists and was not changed; --dry-run "
		    "shows what init would write",
		    path);
	return exists == 0 ? 0 : -1;
}

static void
report(const struct hd_cli *cli, const struct hd_project *p)
{
	for (size_t i = 0; i < p->notes.n; i++)
		hd_emitf(
		    cli->sink, HD_EV_NOTE, NULL, "to do: %s", p->notes.v[i]);
	hd_emitf(cli->sink, HD_EV_NOTE, NULL,
	    "wrote %s%s%s: add your hosts to it, then run `hdeploy trust prod` "
	    "and `hdeploy push prod%s`",
	    cli->options.file, p->name != NULL ? " for " : "",
	    p->name != NULL ? p->name : "",
	    p->has_no_version ? " VERSION" : "");
}

static enum hd_status
run(struct hd_cli *cli)
{
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_STR text = HD_STR_INIT(INI_MAX);
	struct hd_sources in = { 0 };
	struct hd_project p;
	struct hd_err err = { 0 };

	if (read_sources(&in, &a, &err) < 0)
		return hd_cli_fail(cli, &err);
	hd_project_read(&p, &in, &a);
	hd_project_write(&p, &text);
	if (hd_str_check(&text, &err) < 0)
		return hd_cli_fail(cli, &err);
	if (cli->options.dry_run) {
		fputs(text.ptr, cli->text);
		return HD_STATUS_OK;
	}
	if (create(cli->options.file, &text, &err) < 0)
		return hd_cli_fail(cli, &err);
	report(cli, &p);
	return HD_STATUS_OK;
}

const struct hd_command hd_command_init = {
	.name = "init",
	.args = "",
	.help = "write a first deploy.ini for this project",
	.usage =
	    "Finds in the current folder the name of the release or program and\n"
	    "the tool that builds it, writes a deploy.ini, and names what you must\n"
	    "still add, such as the hosts. It reads mix.exs, rel/config.exs,\n"
	    "rebar.config, relx.config, Cargo.toml, go.mod, pyproject.toml and\n"
	    "package.json; if the folder has several projects, the first of these\n"
	    "counts. An existing deploy.ini is never touched (status 2). With\n"
	    "--dry-run it is shown and not written.\n",
	.run = run,
};
