#include "cmd/commands.h"
#include "core/base/index.h"
#include "core/base/name.h"
#include "core/inventory/fold.h"
#include "core/plan/explain.h"

#include <stdlib.h>
#include <string.h>

enum { HOSTS_MAX = 1024 * 1024, COLUMN = 8 };

/* The commands whose plans can be explained. */
static const enum hd_goal_kind explained[] = { HD_GOAL_UPGRADE,
	HD_GOAL_ROLLBACK, HD_GOAL_RESUME, HD_GOAL_START, HD_GOAL_STOP,
	HD_GOAL_RESTART, HD_GOAL_PRUNE, HD_GOAL_REPAIR };

/* Hosts with the same explanation. */
struct group {
	struct hd_statements said;
	struct hd_strs hosts;
};

struct explaining {
	struct hd_cli *cli;
	struct hd_goal goal;
	struct hd_arena arena;
	struct hd_facts **facts; /* of each host; NULL: it did not answer */
	HD_LIST(struct group) groups;
	struct hd_index places; /* all texts -> 1 + place in groups */
};

static int
choose_goal(struct hd_goal *goal, const struct hd_cli *cli, struct hd_err *err)
{
	const char *names[HD_COUNT(explained)];
	const char *near;

	goal->kind = HD_GOAL_STATUS;
	if (cli->nargs < 2)
		return 0;
	for (size_t i = 0; i < HD_COUNT(explained); i++) {
		names[i] = hd_goals[explained[i]].name;
		if (strcmp(names[i], cli->args[1]) == 0)
			goal->kind = explained[i];
	}
	if (goal->kind == HD_GOAL_STATUS) {
		near =
		    hd_name_nearest(cli->args[1], names, HD_COUNT(explained));
		return hd_err_set(err, HD_EUSAGE,
		    "explain does not know the command \"%s\"%s%s%s",
		    cli->args[1], near != NULL ? "; did you mean \"" : "",
		    near != NULL ? near : "", near != NULL ? "\"?" : "");
	}
	goal->hot = cli->options.hot;
	goal->cold = cli->options.cold;
	if (hd_cli_version(&goal->version, cli, 2, err) < 0)
		return -1;
	if (goal->kind == HD_GOAL_UPGRADE && goal->version == NULL)
		return hd_err_set(err, HD_EUSAGE,
		    "upgrade needs a version: hdeploy explain %s upgrade "
		    "VERSION",
		    cli->args[0]);
	return 0;
}

static int
read_facts(struct explaining *x, struct hd_err *err)
{
	const struct hd_cli *cli = x->cli;

	x->facts = hd_alloc((cli->nhosts + 1) * sizeof(struct hd_facts *));
	for (size_t i = 0; i < cli->nhosts; i++) {
		const struct hd_pairs *said =
		    hd_stored_said(cli->stored, cli->hosts[i]);

		if (said != NULL && hd_facts_read(&x->facts[i], said, err) < 0)
			return -1;
	}
	return 0;
}

/* A rollback without VERSION takes back the newest change of all hosts. */
static void
find_newest(struct explaining *x)
{
	if (x->goal.kind != HD_GOAL_ROLLBACK || x->goal.version != NULL)
		return;
	for (size_t i = 0; i < x->cli->nhosts; i++)
		if (x->facts[i] != NULL)
			x->goal.newest =
			    hd_plan_newest(x->facts[i], x->goal.newest);
}

static struct group *
group_of(struct explaining *x, const struct hd_statements *said)
{
	HD_AUTO_STR key = HD_STR_INIT(HOSTS_MAX);
	size_t *place;

	for (size_t i = 0; i < said->n; i++)
		hd_str_addf(&key, "%s\n", said->v[i].text);
	place = hd_index_at(
	    &x->places, &x->arena, hd_arena_strdup(&x->arena, key.ptr));
	if (*place == 0) {
		HD_PUSH(&x->arena, &x->groups)->said = *said;
		*place = x->groups.n;
	}
	return &x->groups.v[*place - 1];
}

static void
explain_host(struct explaining *x, size_t i)
{
	const struct hd_host *host = x->cli->hosts[i];
	struct hd_statements said = { 0 };

	if (x->facts[i] == NULL)
		*HD_PUSH(&x->arena, &said) = (struct hd_statement){ "runs",
			"this host did not answer when the file was written, "
			"so nothing is known about it" };
	else
		hd_explain(&said, &x->arena, &x->cli->inventory->app, host,
		    &x->goal, x->facts[i]);
	*HD_PUSH(&x->arena, &group_of(x, &said)->hosts) = host->name;
}

static void
print(const struct explaining *x, const char *host, const char *topic,
    const char *text, const char *line)
{
	const struct hd_detail details[] = { { "host", host, 0 },
		{ "topic", topic, 0 }, { "text", text, 0 } };

	hd_emit(x->cli->sink, (struct hd_event){ .kind = HD_EV_ITEM,
				  .step = "explain",
				  .details = details,
				  .ndetails = HD_COUNT(details),
				  .text = line });
}

/* People read each explanation once, programs once for each host. */
static void
print_group(struct explaining *x, const struct group *g)
{
	HD_AUTO_STR names = HD_STR_INIT(HOSTS_MAX);
	const char *before = "";

	hd_names_fold(&names, g->hosts.v, g->hosts.n, "", ", ");
	hd_emitf(x->cli->sink, HD_EV_NOTE, NULL, "%s", names.ptr);
	for (size_t i = 0; i < g->said.n; i++) {
		const struct hd_statement *s = &g->said.v[i];
		bool again = strcmp(before, s->topic) == 0;
		const char *line = hd_arena_fmt(&x->arena, "  %-*s  %s", COLUMN,
		    again ? "" : s->topic, s->text);

		for (size_t k = 0; k < g->hosts.n; k++)
			print(x, g->hosts.v[k], s->topic, s->text,
			    k == 0 ? line : NULL);
		before = s->topic;
	}
}

static void
done(struct explaining *x)
{
	for (size_t i = 0; x->facts != NULL && i < x->cli->nhosts; i++)
		hd_facts_free(x->facts[i]);
	free(x->facts);
	hd_arena_done(&x->arena);
}

static enum hd_status
run(struct hd_cli *cli)
{
	struct explaining x = { .cli = cli };
	struct hd_err err = { 0 };

	cli->env = &cli->inventory->envs.v[0];
	if (choose_goal(&x.goal, cli, &err) < 0 ||
	    hd_inventory_select(&cli->hosts, &cli->nhosts, cli->env,
		cli->options.limit, &err) < 0 ||
	    read_facts(&x, &err) < 0) {
		done(&x);
		return hd_cli_fail(cli, &err);
	}
	find_newest(&x);
	for (size_t i = 0; i < cli->nhosts; i++)
		explain_host(&x, i);
	for (size_t i = 0; i < x.groups.n; i++)
		print_group(&x, &x.groups.v[i]);
	done(&x);
	return HD_STATUS_OK;
}

const struct hd_command hd_command_explain = {
	.name = "explain",
	.args = "FILE [COMMAND] [VERSION]",
	.help = "explain a plan from saved facts",
	.usage =
	    "FILE contains the facts of hosts, as `hdeploy status ENV --save FILE`\n"
	    "wrote them; no host is queried. For each host, prints the running\n"
	    "version and the one that a start would start; with COMMAND, also the\n"
	    "reasons for its plan: the relup, the findings, the verdict, each step,\n"
	    "and the settings that would lead to another plan.\n"
	    "\n"
	    "COMMAND is upgrade (which needs VERSION), rollback, resume, start,\n"
	    "stop, restart, repair or prune.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_FACTS,
	.run = run,
};
