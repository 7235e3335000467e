#include "cmd/reach.h"

#include "cmd/connect.h"
#include "core/rollout/rollout.h"

enum hd_status
hd_reach(struct hd_cli *cli, const struct hd_goal *goal)
{
	struct hd_connector connector;
	struct hd_err err = { 0 };
	enum hd_status status;
	struct hd_run run = {
		.app = &cli->inventory->app,
		.env = cli->env,
		.hosts = cli->hosts,
		.nhosts = cli->nhosts,
		.goal = *goal,
		.into = cli->options.into != NULL ? cli->options.into : ".",
		.parallel = cli->options.parallel > 0 ? cli->options.parallel
						      : cli->env->parallel,
		.dry_run = cli->options.dry_run,
		.connect = hd_connect,
		.connect_ctx = &connector,
		.sink = cli->sink,
	};

	if (hd_connector_init(&connector, &err) < 0) {
		status = hd_cli_fail(cli, &err);
	} else {
		run.who = connector.who;
		status = hd_rollout(&run);
	}
	hd_connector_done(&connector);
	return status;
}

enum hd_status
hd_reach_kind(struct hd_cli *cli, enum hd_goal_kind kind)
{
	struct hd_goal goal = { .kind = kind };

	return hd_reach(cli, &goal);
}
