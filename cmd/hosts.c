#include "cmd/commands.h"
#include "cmd/setup.h"

#include "core/inventory/fold.h"
#include "core/plan/wave.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 7, LIST_MAX = 1024 * 1024 };

static const char *const heads[COLUMNS] = { "host", "address", "port", "user",
	"wave", "groups", "from" };

/* The hosts of one environment. */
struct listing {
	const struct hd_cli *cli;
	const struct hd_env *env;
	const struct hd_host **hosts;
	size_t n;
	size_t *waves;  /* of each host */
	bool **members; /* of each group, for each host of env */
	struct hd_arena arena;
	size_t widths[COLUMNS];
};

static const char *
groups_of(struct listing *l, size_t i)
{
	size_t place = (size_t)(l->hosts[i] - l->env->hosts.v);
	const char *list = NULL;

	for (size_t g = 0; g < l->env->groups.n; g++)
		if (l->members[g][place])
			list = hd_arena_fmt(&l->arena, "%s%s%s",
			    list != NULL ? list : "", list != NULL ? ", " : "",
			    l->env->groups.v[g].name);
	return list;
}

/* A NULL cell is not known: ssh_config or the transport decides. */
static void
fill(struct listing *l, size_t i, const char *cells[COLUMNS])
{
	const struct hd_host *h = l->hosts[i];
	bool ssh = h->connection == HD_CONN_SSH;

	cells[0] = h->name;
	cells[1] = ssh ? h->address : "local";
	cells[2] =
	    ssh && h->port > 0 ? hd_arena_fmt(&l->arena, "%u", h->port) : NULL;
	cells[3] = ssh ? h->user : NULL;
	cells[4] = hd_arena_fmt(
	    &l->arena, "%zu%s", l->waves[i], h->canary ? " (canary)" : "");
	cells[5] = groups_of(l, i);
	cells[6] = h->place;
}

static const char *
shown(const char *cell)
{
	return cell != NULL ? cell : "-";
}

static void
measure(struct listing *l)
{
	const char *cells[COLUMNS];

	for (size_t c = 0; c < COLUMNS; c++)
		l->widths[c] = strlen(heads[c]);
	for (size_t i = 0; i < l->n; i++) {
		fill(l, i, cells);
		for (size_t c = 0; c < COLUMNS; c++) {
			size_t n = strlen(shown(cells[c]));

			l->widths[c] = n > l->widths[c] ? n : l->widths[c];
		}
	}
}

/* The last column has no width, so that no line ends in blanks. */
static const char *
line_of(struct listing *l, const char *const cells[COLUMNS])
{
	HD_AUTO_STR line = HD_STR_INIT(LIST_MAX);

	for (size_t c = 0; c < COLUMNS; c++)
		hd_str_addf(&line, "  %-*s",
		    c + 1 < COLUMNS ? (int)l->widths[c] : 0, shown(cells[c]));
	return hd_arena_strdup(&l->arena, line.ptr);
}

static void
show(struct listing *l, size_t i)
{
	const struct hd_host *h = l->hosts[i];
	const char *cells[COLUMNS];
	struct hd_detail details[12];
	size_t n = 0;

	fill(l, i, cells);
#define ADD(...) details[n++] = (struct hd_detail){ __VA_ARGS__ }
	ADD("env", l->env->name, 0);
	ADD("host", h->name, 0);
	if (h->connection == HD_CONN_SSH) {
		ADD("address", h->address, 0);
		if (h->port > 0)
			ADD("port", NULL, h->port);
		if (h->user != NULL)
			ADD("user", h->user, 0);
	}
	ADD("path", h->path, 0);
	if (h->run_as != NULL)
		ADD("run_as", h->run_as, 0);
	ADD("wave", NULL, (int64_t)l->waves[i]);
	ADD("canary", h->canary ? "yes" : "no", 0);
	if (cells[5] != NULL)
		ADD("groups", cells[5], 0);
	ADD("source",
	    h->source != NULL ? hd_source_kinds[h->source->kind] : "host", 0);
	ADD("from", h->place, 0);
#undef ADD
	hd_emit(l->cli->sink, (struct hd_event){ .kind = HD_EV_ITEM,
				  .step = "inventory",
				  .details = details,
				  .ndetails = n,
				  .text = line_of(l, cells) });
}

static void
put(const struct listing *l, const char *text)
{
	hd_emit(l->cli->sink,
	    (struct hd_event){ .kind = HD_EV_ITEM, .text = text });
}

/* The group as names of hosts, in the order of the file. */
static void
show_group(struct listing *l, size_t g)
{
	HD_AUTO_STR names = HD_STR_INIT(LIST_MAX);
	struct hd_strs list = { 0 };

	for (size_t i = 0; i < l->env->hosts.n; i++)
		if (l->members[g][i])
			*HD_PUSH(&l->arena, &list) = l->env->hosts.v[i].name;
	hd_names_fold(&names, list.v, list.n, "", ", ");
	put(l,
	    hd_arena_fmt(&l->arena, "  group.%s = %s", l->env->groups.v[g].name,
		list.n > 0 ? names.ptr : "(no host)"));
}

static void
show_all(struct listing *l)
{
	size_t waves = 0;

	measure(l);
	for (size_t i = 0; i < l->n; i++)
		waves = l->waves[i] > waves ? l->waves[i] : waves;
	put(l,
	    hd_arena_fmt(&l->arena, "%s: %zu host%s, %zu wave%s", l->env->name,
		l->n, l->n == 1 ? "" : "s", waves, waves == 1 ? "" : "s"));
	put(l, line_of(l, heads));
	for (size_t i = 0; i < l->n; i++)
		show(l, i);
	for (size_t g = 0; g < l->env->groups.n; g++)
		show_group(l, g);
	for (size_t i = 0; i < l->env->unused.n; i++)
		hd_emitf(l->cli->sink, HD_EV_NOTE, NULL,
		    "[%s] has no effect: no host of this environment has that name",
		    l->env->unused.v[i]);
}

static int
find_members(struct listing *l, struct hd_err *err)
{
	size_t groups = l->env->groups.n;

	l->members = hd_arena_alloc(&l->arena, (groups + 1) * sizeof(bool *));
	for (size_t g = 0; g < groups; g++) {
		l->members[g] = hd_arena_alloc(&l->arena, l->env->hosts.n + 1);
		if (hd_group_members(
			l->members[g], l->env, &l->env->groups.v[g], err) < 0)
			return -1;
	}
	return 0;
}

static enum hd_status
list(const struct hd_cli *cli, const struct hd_env *env)
{
	struct listing l = { .cli = cli, .env = env };
	enum hd_status status = HD_STATUS_OK;
	struct hd_err err = { 0 };

	if (hd_inventory_select(&l.hosts, &l.n, env, cli->options.limit, &err) <
		0 ||
	    find_members(&l, &err) < 0) {
		status = hd_cli_fail(cli, &err);
	} else {
		l.waves = hd_arena_alloc(&l.arena, l.n * sizeof(*l.waves));
		hd_waves_of(l.waves, env, l.hosts, l.n);
		show_all(&l);
	}
	free(l.hosts);
	hd_arena_done(&l.arena);
	return status;
}

static enum hd_status
run(struct hd_cli *cli)
{
	const char *name = cli->nargs > 0 ? cli->args[0] : NULL;
	const struct hd_env *env;
	struct hd_err err = { 0 };
	enum hd_status status;

	if (name == NULL && cli->options.limit != NULL)
		hd_err_set(&err, HD_EUSAGE,
		    "--limit needs an environment: hdeploy hosts ENV --limit "
		    "HOSTS");
	else if (name != NULL)
		(void)!hd_inventory_env(&env, cli->inventory, name, &err);
	if (err.code != HD_OK)
		return hd_cli_fail(cli, &err);
	status = hd_setup_hosts(cli, name);
	for (size_t i = 0; status == HD_STATUS_OK && i < cli->inventory->envs.n;
	     i++) {
		env = &cli->inventory->envs.v[i];
		if (name == NULL || strcmp(env->name, name) == 0)
			status = list(cli, env);
	}
	return status;
}

const struct hd_command hd_command_hosts = {
	.name = "hosts",
	.args = "[ENV]",
	.help = "list the hosts of ENV, or of all environments",
	.usage =
	    "Shows each host with its address, port and user, the wave in which an\n"
	    "upgrade changes it, its groups, and the place that names it: a line of\n"
	    "deploy.ini, or a line or record of a source (\"hosts = command ...\",\n"
	    "\"hosts = srv ...\"). \"-\" means that ssh_config decides. With --limit,\n"
	    "the waves are those of a run with the same --limit.\n"
	    "\n"
	    "Asks the sources, as every command with ENV does. Connects to no host.\n",
	.flags = HD_NEEDS_FILE,
	.run = run,
};
