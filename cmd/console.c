#include "cmd/commands.h"
#include "cmd/connect.h"
#include "cmd/here.h"
#include "cmd/setup.h"

#include "core/base/digest.h"
#include "core/base/fs.h"
#include "core/base/name.h"
#include "core/inventory/advice.h"
#include "core/plan/driver.h"
#include "core/remote/remote.h"
#include "core/rollout/sudo.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ID_BYTES = 8, PREPARE_MS = 30 * 1000 };

static int
find_host(
    const struct hd_host **out, const struct hd_cli *cli, struct hd_err *err)
{
	HD_AUTO_FREE const char **names = NULL;
	const struct hd_env *env;
	const char *near;

	if (hd_inventory_env(&env, cli->inventory, cli->args[0], err) < 0)
		return -1;
	names = hd_alloc((env->hosts.n + 1) * sizeof(*names));
	for (size_t i = 0; i < env->hosts.n; i++) {
		names[i] = env->hosts.v[i].name;
		*out = &env->hosts.v[i];
		if (strcmp(names[i], cli->args[1]) == 0)
			return 0;
	}
	near = hd_name_nearest(cli->args[1], names, env->hosts.n);
	return hd_err_set(err, HD_EUSAGE, "%s has no host \"%s\"%s%s%s",
	    env->name, cli->args[1], near != NULL ? "; did you mean \"" : "",
	    near != NULL ? near : "", near != NULL ? "\"?" : "");
}

/* Asks the host for its key, which must be recorded or pinned, and writes that
 * key to a temporary known_hosts file. The caller removes the file. path is ""
 * for a local host. */
static int
keep_key(char *path, size_t size, const struct hd_connector *c,
    const struct hd_host *host, struct hd_err *err)
{
	const char *folder = getenv("TMPDIR");
	struct hd_host_key key = { 0 };
	HD_AUTO_ARENA words = { 0 };
	HD_AUTO_FD fd = -1;
	bool failed;

	path[0] = '\0';
	if (host->connection == HD_CONN_LOCAL)
		return 0;
	if (hd_show_key(&key, c, host, false, err) < 0)
		return -1;
	snprintf(path, size, "%s/hdeploy-known.XXXXXX",
	    folder != NULL && *folder == '/' ? folder : "/tmp");
	if (key.known)
		fd = mkstemp(path);
	failed = fd < 0 ||
		 hd_fs_write_all(fd, key.line, strlen(key.line)) < 0 ||
		 hd_fs_write_all(fd, "\n", 1) < 0;
	if (!key.known)
		hd_err_set(err, HD_EHOSTKEY,
		    "the host key %s is not recorded: run `%s` first",
		    key.print, hd_advice(&words, host, "trust", NULL));
	else if (failed)
		hd_err_set(err, HD_ELOCAL,
		    "cannot write the host key to %s: %s; set TMPDIR to "
		    "another folder",
		    path, strerror(errno));
	hd_host_key_done(&key);
	return failed ? -1 : 0;
}

/* Has the host write the script that starts the console. */
static int
prepare(struct hd_cli *cli, struct hd_connector *c, const struct hd_host *host,
    const char *id, struct hd_err *err)
{
	const struct hd_call call = {
		.script = "console",
		.driver = cli->inventory->app.driver,
		.root = host->path,
		.app = cli->inventory->app.name,
		.args = { { "id", id } },
		.env = &host->env,
		.commands = &host->commands,
		.env_file = host->env_file,
		.deadline_ms = PREPARE_MS,
	};
	struct hd_transport *t = NULL;
	struct hd_reply reply = { 0 };
	const char *why;
	int rc;

	if (hd_connect(c, host, false, &t, err) < 0)
		return -1;
	rc = hd_remote_ask(t, &call, &reply, err);
	if (rc < 0)
		hd_sudo_explain(host, t->user, c->who, err);
	hd_tp_close(t);
	if (rc == 0 && reply.status != 0) {
		why = hd_reply_get(&reply, "failed");
		rc = hd_err_set(
		    err, HD_EREFUSED, "%s", why != NULL ? why : reply.errors);
	}
	hd_reply_done(&reply);
	return rc;
}

static int
run_here(const char *const *words, int *status, struct hd_err *err)
{
	int rc = hd_here_run(words, status);

	if (rc == 0)
		return 0;
	return hd_err_set(err, HD_ELOCAL, "cannot run %s on this machine: %s",
	    words[0], strerror(rc));
}

static bool
has_command(const struct hd_host *host)
{
	for (size_t i = 0; i < host->commands.n; i++)
		if (strcmp(host->commands.v[i].name, "console") == 0)
			return true;
	return false;
}

static int
open_console(struct hd_cli *cli, struct hd_connector *c,
    const struct hd_host *host, const char *known, int *status,
    struct hd_err *err)
{
	HD_AUTO_ARENA a = { 0 };
	char id[2 * ID_BYTES + 1];
	const char *script;
	struct hd_strs words;

	hd_random_hex(id, ID_BYTES);
	script = hd_arena_fmt(&a, "%s/.hdeploy/console/%s", host->path, id);
	if (hd_connect_words(&words, c, host, known, script, &a, err) < 0 ||
	    prepare(cli, c, host, id, err) < 0)
		return -1;
	if (host->identity_envs.n > 0)
		hd_emitf(cli->sink, HD_EV_NOTE, host->name,
		    "the console logs in with ssh, which cannot use the key of "
		    "identity_env: an ssh-agent or key file must have it too");
	if (host->run_as != NULL && host->sudo_password.from != HD_SUDO_NEVER)
		hd_emitf(cli->sink, HD_EV_NOTE, host->name,
		    "sudo on the host might ask you for the password again, "
		    "because the console uses a connection of its own");
	if (!has_command(host))
		hd_emitf(cli->sink, HD_EV_NOTE, host->name,
		    "leave with Ctrl-G, q, Enter; q() and init:stop() stop the node");
	return run_here(words.v, status, err);
}

static int
require_console(
    const struct hd_cli *cli, const struct hd_host *host, struct hd_err *err)
{
	const char *driver = cli->inventory->app.driver;

	if (!hd_driver_find(driver)->plain || has_command(host))
		return 0;
	return hd_err_set(err, HD_EREFUSED,
	    "driver %s has no console of its own: set command.console in "
	    "deploy.ini, or use `hdeploy run`",
	    driver);
}

static int
console(struct hd_cli *cli, int *status, struct hd_err *err)
{
	const struct hd_host *host = NULL;
	struct hd_connector c = { 0 };
	char known[4096] = "";
	int rc;

	if (cli->options.json)
		return hd_err_set(err, HD_EUSAGE,
		    "console needs the terminal for itself: leave out --json");
	if (find_host(&host, cli, err) < 0 ||
	    require_console(cli, host, err) < 0 ||
	    hd_secrets_sudo(&cli->secrets, host, err) < 0)
		return -1;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return hd_err_set(err, HD_EREFUSED,
		    "console needs a terminal on stdin and stdout; "
		    "`hdeploy run` needs none");
	rc = hd_connector_init(&c, err);
	if (rc == 0)
		hd_connector_secrets(&c, &cli->secrets);
	c.sink = cli->sink;
	if (rc == 0)
		rc = keep_key(known, sizeof(known), &c, host, err);
	if (rc == 0)
		rc = open_console(cli, &c, host, known, status, err);
	if (known[0] != '\0')
		unlink(known);
	hd_connector_done(&c);
	return rc;
}

static enum hd_status
run(struct hd_cli *cli)
{
	enum hd_status asked = hd_setup_hosts(cli, cli->args[0]);
	struct hd_err err = { 0 };
	int status = 0;

	if (asked != HD_STATUS_OK)
		return asked;
	if (console(cli, &status, &err) < 0)
		return hd_cli_fail(cli, &err);
	/* An empty summary: the status is that of ssh or the console, and
	 * hdeploy's text for it would be wrong. */
	hd_emit(cli->sink, (struct hd_event){ .kind = HD_EV_SUMMARY });
	return (enum hd_status)status;
}

const struct hd_command hd_command_console = {
	.name = "console",
	.args = "ENV HOST",
	.help = "open a shell in the running node of one host",
	.usage =
	    "Runs the remote console of the control script on the host, as\n"
	    "run_as, with the node's environment. It uses the system's ssh and\n"
	    "this terminal, and connects as hdeploy does: user, port, keys, bastion\n"
	    "and host key of deploy.ini and ssh_config. In an Erlang shell, leave\n"
	    "with Ctrl-G, q and Enter; q() and init:stop() stop the node. The exit\n"
	    "status is that of ssh.\n",
	.flags = HD_NEEDS_FILE,
	.run = run,
};
