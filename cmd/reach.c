#include "cmd/reach.h"

#include "cmd/ask.h"
#include "cmd/connect.h"
#include "cmd/signals.h"
#include "cmd/typed.h"
#include "cmd/seen.h"
#include "core/base/cancel.h"
#include "core/rollout/ahead.h"
#include "core/rollout/store.h"

#include <stdlib.h>
#include <sys/resource.h>

/* OPEN: connections that stay open (struct hd_run). OTHER_FILES: everything
 * else that a run has open. IDLE_MS: nobody answers a server meanwhile, and
 * some end such a connection after 15 s (ClientAliveInterval of sshd_config).
 */
enum { OPEN = 256, OTHER_FILES = 256, IDLE_MS = 10 * 1000 };

/* Returns how many connections can stay open. First raises the limit of open
 * files, which is 256 on some systems. */
static unsigned
make_room(unsigned parallel)
{
	rlim_t other = (rlim_t)parallel * 2 + OTHER_FILES, need = OPEN + other;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return OPEN;
	if (limit.rlim_cur < need) {
		limit.rlim_cur = need < limit.rlim_max ? need : limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
		(void)getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur >= need)
		return OPEN;
	return limit.rlim_cur > other ? (unsigned)(limit.rlim_cur - other) : 1;
}

static bool
ask(void *ctx, const char *question)
{
	const struct hd_cli *cli = ctx;

	if (hd_ask_possible())
		return hd_ask(cli->view, question);
	hd_emitf(cli->sink, HD_EV_NOTE, NULL,
	    "no terminal to ask on: these runs are alive, and only a person at "
	    "a terminal can take their locks away; a run that vanishes loses "
	    "its lock by itself (client_alive)");
	return false;
}

static int
sudo_possible(const struct hd_cli *cli, struct hd_err *err)
{
	for (size_t i = 0; cli->stored == NULL && i < cli->nhosts; i++)
		if (hd_secrets_sudo(&cli->secrets, cli->hosts[i], err) < 0)
			return -1;
	return 0;
}

int
hd_reach_possible(
    const struct hd_cli *cli, enum hd_goal_kind goal, struct hd_err *err)
{
	if (hd_goals[goal].confirmed && !cli->options.yes &&
	    !cli->options.dry_run && !hd_ask_possible())
		return hd_err_set(err, HD_EUSAGE,
		    "%s asks before it changes a host, and there is no "
		    "terminal: --yes applies its plan without asking, "
		    "--dry-run only shows the plan",
		    cli->command->name);
	if (sudo_possible(cli, err) < 0)
		return -1;
	if (!cli->env->pause.ask || !hd_goals[goal].in_waves ||
	    cli->options.dry_run || hd_ask_possible())
		return 0;
	return hd_err_set(err, HD_EUSAGE,
	    "pause = ask needs a terminal: set a pause such as 30s in [%s]",
	    cli->env->name);
}

/* For completions. */
static void
keep_versions(void *ctx, const struct hd_strs *versions)
{
	const struct hd_cli *cli = ctx;

	hd_seen_keep(cli->options.file, cli->env->name, versions);
}

/* The connect function of a run with --facts. */
static int
refuse_connection(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err)
{
	(void)ctx;
	(void)finish;
	(void)out;
	return hd_err_set(err, HD_ECONNECT,
	    "not connected to %s: --facts plans from a file", host->name);
}

/* A task for the hosts of a run that is completely set up. */
typedef enum hd_status task_fn(const struct hd_run *run, void *ctx);

static int
open_connector(struct hd_cli *cli, struct hd_err *err)
{
	if (cli->connector != NULL)
		return 0;
	cli->connector = hd_alloc(sizeof(*cli->connector));
	if (hd_connector_init(cli->connector, err) < 0)
		return -1;
	hd_connector_secrets(cli->connector, &cli->secrets);
	cli->connector->sink = cli->sink;
	if (cli->aside != NULL)
		hd_connector_hurry(cli->connector, cli->env);
	return 0;
}

static unsigned
parallel_of(const struct hd_cli *cli)
{
	return cli->options.parallel > 0 ? cli->options.parallel
					 : cli->env->parallel;
}

void
hd_reach_ahead(struct hd_cli *cli)
{
	struct hd_err ignored;

	if (cli->stored != NULL || cli->ahead != NULL)
		return;
	(void)make_room(parallel_of(cli));
	if (open_connector(cli, &ignored) == 0)
		cli->ahead = hd_ahead_begin(cli->hosts, cli->nhosts,
		    parallel_of(cli), IDLE_MS, hd_connect, cli->connector);
	else
		hd_reach_done(cli);
}

void
hd_reach_done(struct hd_cli *cli)
{
	/* ends the opening of connections that no run waits for any more */
	if (cli->ahead != NULL) {
		hd_signals_usual_end();
		hd_cancel_request();
	}
	hd_ahead_end(cli->ahead);
	cli->ahead = NULL;
	if (cli->connector != NULL)
		hd_connector_done(cli->connector);
	free(cli->connector);
	cli->connector = NULL;
}

static enum hd_status
reach(struct hd_cli *cli, const struct hd_goal *goal, task_fn *task, void *ctx)
{
	HD_AUTO_STR command = HD_STR_INIT(512);
	HD_AUTO_STR options = HD_STR_INIT(512);
	const struct hd_connector *connector;
	enum hd_status status;
	struct hd_err err = { 0 };
	struct hd_run run = {
		.app = &cli->inventory->app,
		.env = cli->env,
		.hosts = cli->hosts,
		.nhosts = cli->nhosts,
		.goal = *goal,
		.into = cli->options.into != NULL ? cli->options.into : ".",
		.parallel = parallel_of(cli),
		.dry_run = cli->options.dry_run,
		.aside = cli->aside,
		.yes = cli->options.yes,
		.deep = cli->options.deep,
		.save = cli->options.save,
		.stored = cli->stored,
		.connect = cli->stored != NULL ? refuse_connection : hd_connect,
		.ask = ask,
		.ask_ctx = cli,
		.seen = cli->stored != NULL ? NULL : keep_versions,
		.seen_ctx = cli,
		.sink = cli->sink,
	};

	run.open = make_room(run.parallel);
	if (hd_reach_possible(cli, goal->kind, &err) < 0 ||
	    open_connector(cli, &err) < 0)
		return hd_cli_fail(cli, &err);
	connector = cli->connector;
	hd_typed_command(cli, &command);
	hd_typed_options(&cli->options, &options);
	run.connect_ctx = cli->connector;
	if (cli->ahead != NULL) {
		run.connect = hd_ahead_connect;
		run.connect_ctx = cli->ahead;
	}
	run.command = command.ptr;
	run.limit = cli->options.limit;
	run.options = options.ptr;
	run.who = connector->who;
	run.job = connector->job;
	run.id = connector->run;
	run.token = connector->token;
	run.wait_ms = cli->options.wait;
	run.store = hd_store_new();
	status = task(&run, ctx);
	hd_store_free(run.store);
	return status;
}

static enum hd_status
roll_out(const struct hd_run *run, void *ctx)
{
	(void)ctx;
	return hd_rollout(run);
}

enum hd_status
hd_reach(struct hd_cli *cli, const struct hd_goal *goal)
{
	return reach(cli, goal, roll_out, NULL);
}

enum hd_status
hd_reach_kind(struct hd_cli *cli, enum hd_goal_kind kind)
{
	struct hd_goal goal = { .kind = kind };

	return hd_reach(cli, &goal);
}

static enum hd_status
show_history(const struct hd_run *run, void *ctx)
{
	return hd_history(run, *(const unsigned *)ctx);
}

enum hd_status
hd_reach_history(struct hd_cli *cli, unsigned count)
{
	const struct hd_goal goal = { .kind = HD_GOAL_STATUS };

	return reach(cli, &goal, show_history, &count);
}

static enum hd_status
watch(const struct hd_run *run, void *ctx)
{
	return hd_watch(run, *(const unsigned *)ctx);
}

enum hd_status
hd_reach_watch(struct hd_cli *cli, unsigned every_ms)
{
	const struct hd_goal goal = { .kind = HD_GOAL_STATUS };

	return reach(cli, &goal, watch, &every_ms);
}

struct logging {
	unsigned lines;
	bool follow;
};

static enum hd_status
show_logs(const struct hd_run *run, void *ctx)
{
	const struct logging *l = ctx;

	return hd_logs(run, l->lines, l->follow);
}

enum hd_status
hd_reach_logs(struct hd_cli *cli, unsigned lines, bool follow)
{
	const struct hd_goal goal = { .kind = HD_GOAL_STATUS };
	struct logging l = { lines, follow };

	return reach(cli, &goal, show_logs, &l);
}

static enum hd_status
unlock(const struct hd_run *run, void *ctx)
{
	(void)ctx;
	return hd_unlock(run);
}

enum hd_status
hd_reach_unlock(struct hd_cli *cli)
{
	const struct hd_goal goal = { .kind = HD_GOAL_STATUS };

	return reach(cli, &goal, unlock, NULL);
}

struct listing {
	struct hd_arena *arena;
	const char *version, *into;
	struct hd_running_versions *out;
};

static enum hd_status
list_running(const struct hd_run *run, void *ctx)
{
	const struct listing *l = ctx;
	struct hd_run own = *run;

	own.goal.version = l->version;
	own.into = l->into;
	return hd_rollout_running(&own, l->arena, l->out);
}

enum hd_status
hd_reach_running(struct hd_running_versions *out, struct hd_cli *cli,
    const char *version, const char *into, struct hd_arena *arena)
{
	const struct hd_goal goal = { .kind = HD_GOAL_STATUS };
	struct listing l = { arena, version, into, out };

	return reach(cli, &goal, list_running, &l);
}

struct checking {
	const char *into;
	hd_release_fn *release;
	void *ctx;
};

static enum hd_status
check(const struct hd_run *run, void *ctx)
{
	const struct checking *c = ctx;
	struct hd_run own = *run;

	own.into = c->into;
	return hd_check(&own, c->release, c->ctx);
}

enum hd_status
hd_reach_check(struct hd_cli *cli, const struct hd_goal *goal, const char *into,
    hd_release_fn *release, void *ctx)
{
	struct checking c = { into, release, ctx };

	return reach(cli, goal, check, &c);
}
