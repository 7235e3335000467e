#include "cmd/doctor.h"

#include "cmd/ask.h"
#include "cmd/commands.h"
#include "cmd/libraries.h"
#include "cmd/version.h"
#include "core/base/clock.h"
#include "core/base/scratch.h"
#include "core/base/spawn.h"
#include "core/inventory/answer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { ASK_MS = 5000 };

static void
describe_hdeploy(struct hd_doctor *d)
{
	const struct hd_used_library *l;
	const char *text = HD_VERSION;

	for (size_t i = 0; (l = hd_used_library(i)) != NULL; i++)
		text = hd_arena_fmt(
		    &d->arena, "%s, %s %s", text, l->name, l->version());
	hd_doctor_ok(d, "hdeploy", text);
}

/* The sources of env; NULL: it has none. */
static const char *
sources_of(struct hd_doctor *d, const struct hd_env *env)
{
	const char *list = NULL;

	for (size_t i = 0; i < env->sources.n; i++)
		list = hd_arena_fmt(&d->arena, "%s%s%s",
		    list != NULL ? list : "", list != NULL ? ", " : "",
		    hd_source_title(&d->arena, &env->sources.v[i]));
	return list;
}

static void
describe_env(struct hd_doctor *d, const struct hd_env *env)
{
	const char *sources = sources_of(d, env);

	hd_doctor_ok(d, "environment",
	    hd_arena_fmt(&d->arena, "%s: %zu host%s in deploy.ini%s%s%s",
		env->name, env->hosts.n, env->hosts.n == 1 ? "" : "s",
		sources != NULL ? ", more from " : "",
		sources != NULL ? sources : "",
		sources != NULL ? " (not asked; `hdeploy hosts` does)" : ""));
}

static void
report_problems(struct hd_doctor *d, const struct hd_problems *problems)
{
	const char *file = d->cli->options.file;

	for (size_t i = 0; i < problems->n; i++) {
		const struct hd_problem *p = &problems->v[i];

		hd_doctor_problem(d, HD_STATUS_USAGE, "deploy.ini",
		    p->line > 0
			? hd_arena_fmt(
			      &d->arena, "%s:%u: %s", file, p->line, p->text)
			: hd_arena_fmt(&d->arena, "%s: %s", file, p->text),
		    NULL);
	}
}

/* Sets cli->inventory, unless the file is missing or wrong. */
static void
look_at_file(struct hd_doctor *d)
{
	struct hd_cli *cli = d->cli;
	struct hd_problems problems = { 0 };
	struct hd_err err = { 0 };

	if (hd_inventory_load(
		&cli->inventory, cli->options.file, &problems, &err) == 0) {
		hd_secrets_take_all(&cli->secrets, cli->inventory);
		hd_doctor_ok(d, "deploy.ini",
		    hd_arena_fmt(&d->arena, "%s is valid", cli->options.file));
	} else if (problems.n > 0) {
		report_problems(d, &problems);
	} else {
		hd_doctor_problem(
		    d, HD_STATUS_USAGE, "deploy.ini", err.msg, NULL);
	}
	hd_problems_done(&problems);
}

/* Where PATH has a program; NULL: nowhere. */
static const char *
find_program(struct hd_doctor *d, const char *name)
{
	const char *at = getenv("PATH");

	while (at != NULL && *at != '\0') {
		size_t n = strcspn(at, ":");
		const char *path = hd_arena_fmt(
		    &d->arena, "%.*s/%s", (int)n, n > 0 ? at : ".", name);

		if (n > 0 && access(path, X_OK) == 0)
			return path;
		at += n + (at[n] == ':');
	}
	return NULL;
}

/* The programs to look for, and what needs them. */
static const struct {
	const char *name;
	const char *use; /* NULL: only if the build command names it */
} tools[] = {
	{ "ssh", "ssh_config, ProxyJump and `hdeploy console` need it" },
	{ "erl", "`hdeploy appup` and relup = auto need it" },
	{ "git", NULL },
	{ "tar", NULL },
	{ "make", NULL },
	{ "rebar3", NULL },
	{ "mix", NULL },
	{ "elixir", NULL },
	{ "npm", NULL },
	{ "cargo", NULL },
	{ "go", NULL },
	{ "docker", NULL },
};

/* Whether the command has this word. */
static bool
names_word(const char *command, const char *word)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				      "_-./";
	size_t n = strlen(word);

	while (*command != '\0') {
		size_t len = strspn(command, letters);

		if (len == n && memcmp(command, word, n) == 0)
			return true;
		command += len;
		command += strcspn(command, letters);
	}
	return false;
}

/* The first line of `ssh -V`, which ssh writes to stderr; else the path. */
static const char *
version_of(struct hd_doctor *d, const char *name, const char *path)
{
	const struct hd_until until = { hd_clock_ms() + ASK_MS, ASK_MS,
		HD_CANCEL_SOON };
	const char *const argv[] = { path, "-V", NULL };
	HD_AUTO_STR out = HD_STR_INIT(4096);
	HD_AUTO_STR errors = HD_STR_INIT(4096);
	struct hd_err err = { 0 };
	int status;

	if (strcmp(name, "ssh") != 0 ||
	    hd_capture(argv, &until, &out, &errors, &status, &err) < 0 ||
	    errors.len == 0)
		return path;
	return hd_arena_fmt(&d->arena, "%s: %.*s", path,
	    (int)strcspn(errors.ptr, "\n"), errors.ptr);
}

static void
look_at_tool(struct hd_doctor *d, size_t i)
{
	const struct hd_app *app =
	    d->cli->inventory != NULL ? &d->cli->inventory->app : NULL;
	bool built = app != NULL && app->build != NULL &&
		     names_word(app->build, tools[i].name);
	bool relup = app != NULL && app->relup == HD_RELUP_AUTO &&
		     strcmp(tools[i].name, "erl") == 0;
	const char *path = find_program(d, tools[i].name);
	const char *text;

	if (!built && tools[i].use == NULL)
		return;
	if (path != NULL) {
		hd_doctor_ok(d, "tool", version_of(d, tools[i].name, path));
		return;
	}
	text = hd_arena_fmt(&d->arena, "PATH has no %s: %s", tools[i].name,
	    built ? "the build command of deploy.ini names it" : tools[i].use);
	if (relup)
		hd_doctor_problem(d, HD_STATUS_LOCAL, "tool",
		    hd_arena_fmt(&d->arena,
			"PATH has no %s, which relup = auto of deploy.ini "
			"needs",
			tools[i].name),
		    "install Erlang/OTP");
	else
		hd_doctor_warn(d, "tool", text,
		    hd_arena_fmt(&d->arena, "install %s", tools[i].name));
}

/* Tarballs and relups are made there. */
static void
look_at_folder(struct hd_doctor *d)
{
	char path[HD_SCRATCH_PATH] = "";
	struct hd_err err = { 0 };

	if (hd_scratch_make(path, &err) < 0)
		hd_doctor_problem(d, HD_STATUS_LOCAL, "folder", err.msg, NULL);
	else
		hd_doctor_ok(d, "folder", "/tmp can be written to");
	hd_scratch_remove(path);
}

static void
look_at_terminal(struct hd_doctor *d)
{
	const char *term = getenv("TERM");
	const char *columns = "";
	struct winsize size = { 0 };

	if (!hd_ask_possible()) {
		hd_doctor_ok(d, "terminal",
		    "none: hdeploy prints plain lines, and cannot ask for a "
		    "passphrase or a confirmation");
		return;
	}
	(void)ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
	if (size.ws_col > 0)
		columns = hd_arena_fmt(&d->arena, ", %u columns", size.ws_col);
	hd_doctor_ok(d, "terminal",
	    hd_arena_fmt(&d->arena, "%s%s%s",
		term != NULL && *term != '\0' ? term : "TERM is not set",
		columns,
		hd_ask_secret_possible() ? ""
					 : "; in a CI job (CI is set), hdeploy "
					   "does not ask for a passphrase"));
}

static void
conclude(struct hd_doctor *d)
{
	const char *text = hd_arena_fmt(&d->arena,
	    "%u problem%s, %u warning%s; no host was contacted", d->problems,
	    d->problems == 1 ? "" : "s", d->warnings,
	    d->warnings == 1 ? "" : "s");

	hd_emit(d->cli->sink,
	    (struct hd_event){ .kind = HD_EV_ITEM, .text = text });
	hd_emit(d->cli->sink, (struct hd_event){ .kind = HD_EV_SUMMARY,
				  .status = d->status,
				  .text = "a run would end with this status, "
					  "because of a problem above" });
}

static void
look_at_machine(struct hd_doctor *d, const struct hd_env *env)
{
	const struct hd_inventory *inv = d->cli->inventory;

	for (size_t i = 0; inv != NULL && i < inv->envs.n; i++)
		if (env == NULL || env == &inv->envs.v[i])
			describe_env(d, &inv->envs.v[i]);
	for (size_t i = 0; i < HD_COUNT(tools); i++)
		look_at_tool(d, i);
	hd_doctor_ssh(d, env);
	look_at_folder(d);
	look_at_terminal(d);
	conclude(d);
}

static enum hd_status
run(struct hd_cli *cli)
{
	struct hd_doctor d = { .cli = cli };
	const struct hd_env *env = NULL;
	struct hd_err err = { 0 };

	describe_hdeploy(&d);
	look_at_file(&d);
	if (cli->nargs > 0 && cli->inventory != NULL &&
	    hd_inventory_env(&env, cli->inventory, cli->args[0], &err) < 0)
		d.status = hd_cli_fail(cli, &err);
	else
		look_at_machine(&d, env);
	hd_arena_done(&d.arena);
	return d.status;
}

const struct hd_command hd_command_doctor = {
	.name = "doctor",
	.args = "[ENV]",
	.help = "find what is missing on this machine",
	.usage =
	    "Checks deploy.ini, the programs that hdeploy and the build use,\n"
	    "ssh_config, the ssh-agent, key files and their modes, the known_hosts\n"
	    "files, /tmp and the terminal, for the hosts of ENV or of all\n"
	    "environments. It changes nothing and uses no network: it connects to\n"
	    "no host, and asks no name server and no source of hosts. (It has ssh\n"
	    "resolve ssh_config, but without CanonicalizeHostname.)\n"
	    "\n"
	    "Each line is ok, a warning or a problem, with its remedy. The status\n"
	    "is 0 if there is no problem. Otherwise it is the status with which a\n"
	    "run would end: 2 for deploy.ini, 3 for host keys that are not recorded,\n"
	    "7 for anything else on this machine; with several, the first of these.\n",
	.run = run,
};
