#include "cmd/setup.h"

#include "cmd/confirm.h"
#include "cmd/connect.h"
#include "cmd/reach.h"
#include "cmd/signals.h"
#include "cmd/step.h"
#include "core/base/fs.h"
#include "core/inventory/advice.h"
#include "core/inventory/answer.h"

#include <stdlib.h>
#include <string.h>

static void
report(const struct hd_cli *cli, const char *file,
    const struct hd_problems *problems)
{
	for (size_t i = 0; i < problems->n; i++) {
		const struct hd_problem *p = &problems->v[i];

		if (p->line > 0)
			hd_emitf(cli->sink, HD_EV_ERROR, NULL, "%s:%u: %s",
			    file, p->line, p->text);
		else
			hd_emitf(cli->sink, HD_EV_ERROR, NULL, "%s: %s", file,
			    p->text);
	}
}

/* --facts implies --dry-run. */
static int
load_stored(
    struct hd_cli *cli, struct hd_problems *problems, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(HD_STORED_MAX);

	cli->options.dry_run = true;
	if (hd_fs_read(cli->options.facts, &text, err) < 0) {
		err->code = HD_ECONFIG;
		return -1;
	}
	if (hd_stored_read(&cli->stored, cli->options.facts, text.ptr, text.len,
		problems, err) < 0)
		return -1;
	cli->inventory = cli->stored->inventory;
	return 0;
}

static int
load(struct hd_cli *cli, struct hd_problems *problems, struct hd_err *err)
{
	if (cli->options.facts != NULL)
		return load_stored(cli, problems, err);
	return hd_inventory_load(
	    &cli->inventory, cli->options.file, problems, err);
}

static enum hd_status
read_file(struct hd_cli *cli)
{
	const char *file =
	    cli->options.facts != NULL ? cli->options.facts : cli->options.file;
	struct hd_problems problems = { 0 };
	struct hd_err err = { 0 };
	enum hd_status status = HD_STATUS_OK;

	if (load(cli, &problems, &err) < 0) {
		report(cli, file, &problems);
		status = problems.n > 0 ? hd_status_of(err.code)
					: hd_cli_fail(cli, &err);
	}
	hd_problems_done(&problems);
	return status;
}

static enum hd_status
ask_source(struct hd_cli *cli, const struct hd_host_source *source)
{
	HD_AUTO_ARENA words = { 0 };
	struct hd_local_step s =
	    hd_local_begin(cli, "hosts", hd_source_title(&words, source));
	struct hd_err err = { 0 };

	if (hd_inventory_ask(cli->inventory, source, &err) < 0)
		return hd_local_failed(&s, &err);
	hd_local_end(&s, NULL);
	return HD_STATUS_OK;
}

static enum hd_status
add_answers(struct hd_cli *cli)
{
	struct hd_problems problems = { 0 };
	struct hd_err err = { 0 };
	enum hd_status status = HD_STATUS_OK;

	if (hd_inventory_add_answers(cli->inventory, &problems, &err) < 0) {
		report(cli, cli->options.file, &problems);
		status = hd_status_of(err.code);
	}
	hd_problems_done(&problems);
	return status;
}

enum hd_status
hd_setup_hosts(struct hd_cli *cli, const char *name)
{
	bool asked = false;

	for (size_t i = 0; i < cli->inventory->envs.n; i++) {
		const struct hd_env *env = &cli->inventory->envs.v[i];

		if (name != NULL && strcmp(env->name, name) != 0)
			continue;
		for (size_t k = 0; k < env->sources.n; k++) {
			enum hd_status status =
			    ask_source(cli, &env->sources.v[k]);

			if (status != HD_STATUS_OK)
				return status;
			asked = true;
		}
	}
	return asked ? add_answers(cli) : HD_STATUS_OK;
}

/* Sections that apply to no host now, perhaps because of a typing error. */
static void
note_unused(const struct hd_cli *cli)
{
	for (size_t i = 0; i < cli->env->unused.n; i++)
		hd_emitf(cli->sink, HD_EV_NOTE, NULL,
		    "[%s] has no effect: no host of this environment has that name",
		    cli->env->unused.v[i]);
}

static void
announce(const struct hd_cli *cli)
{
	HD_AUTO_ARENA a = { 0 };
	const char *name =
	    hd_arena_fmt(&a, "%s %s%s%s", cli->command->name, cli->env->name,
		cli->nargs > 1 ? " " : "", cli->nargs > 1 ? cli->args[1] : "");
	const char *text = hd_arena_fmt(&a, "%s: %zu host%s%s", name,
	    cli->nhosts, cli->nhosts == 1 ? "" : "s",
	    cli->options.facts != NULL ? ", from a file: no host is asked"
	    : cli->options.dry_run     ? ", dry run: no host is changed"
				       : "");

	hd_emit(cli->sink, (struct hd_event){ .kind = HD_EV_START,
			       .name = name,
			       .size = cli->nhosts,
			       .text = text });
}

/* With HD_MAY_NAME_ENV, a single argument might be a version instead. */
static bool
names_env(const struct hd_cli *cli)
{
	const struct hd_env *env;
	struct hd_err err = { 0 };

	if ((cli->command->flags & HD_MAY_NAME_ENV) == 0 || cli->nargs == 0)
		return (cli->command->flags & HD_NEEDS_ENV) != 0;
	return cli->nargs > 1 ||
	       hd_inventory_env(&env, cli->inventory, cli->args[0], &err) == 0;
}

/* Composes the text in advance: when memory has run out, it is too late. */
static void
prepare_last_words(const struct hd_cli *cli)
{
	HD_AUTO_ARENA words = { 0 };

	if ((cli->command->flags & HD_CHANGES_HOSTS) == 0 ||
	    cli->options.dry_run)
		return;
	hd_signals_last_words(
	    hd_arena_fmt(&words, ": `%s` shows the state of the hosts",
		hd_advice_env(
		    &words, cli->env, "status", NULL, cli->options.limit)));
}

static int
take_host(struct hd_cli *cli, struct hd_err *err)
{
	if ((cli->command->flags & HD_MAY_NAME_HOST) == 0 || cli->nargs < 2)
		return 0;
	if (cli->options.limit != NULL)
		return hd_err_set(err, HD_EUSAGE,
		    "%s and --limit both select hosts; use only one of them",
		    cli->args[1]);
	cli->options.limit = cli->args[1];
	return 0;
}

static void
prepare_aside(struct hd_cli *cli)
{
	if ((cli->command->flags & HD_CHANGES_HOSTS) != 0 &&
	    (cli->options.skip_unreachable ||
		cli->env->unreachable == HD_UNREACHABLE_SKIP))
		cli->aside = hd_alloc(cli->nhosts * sizeof(*cli->aside));
}

enum hd_status
hd_setup(struct hd_cli *cli)
{
	struct hd_err err = { 0 };
	enum hd_status status = HD_STATUS_OK;

	if ((cli->command->flags & HD_NEEDS_FACTS) != 0)
		cli->options.facts = cli->args[0];
	cli->secrets.view = cli->view;
	hd_secrets_take(&cli->secrets, HD_SSH_PASSPHRASE);
	if ((cli->command->flags & (HD_NEEDS_FILE | HD_NEEDS_ENV)) != 0)
		status = read_file(cli);
	if (cli->inventory != NULL)
		hd_secrets_take_all(&cli->secrets, cli->inventory);
	if (status != HD_STATUS_OK || !names_env(cli))
		return status;
	status = hd_setup_hosts(cli, cli->args[0]);
	if (status != HD_STATUS_OK)
		return status;
	if (hd_inventory_env(&cli->env, cli->inventory, cli->args[0], &err) < 0)
		return hd_cli_fail(cli, &err);
	if (take_host(cli, &err) < 0 ||
	    hd_inventory_select(&cli->hosts, &cli->nhosts, cli->env,
		cli->options.limit, &err) < 0)
		return hd_cli_fail(cli, &err);
	prepare_aside(cli);
	announce(cli);
	note_unused(cli);
	if (hd_confirm_env(cli, &err) < 0)
		return hd_cli_fail(cli, &err);
	prepare_last_words(cli);
	return HD_STATUS_OK;
}

void
hd_setup_done(struct hd_cli *cli)
{
	hd_reach_done(cli);
	hd_secrets_done(&cli->secrets);
	free(cli->hosts);
	free(cli->aside);
	if (cli->stored != NULL)
		hd_stored_free(cli->stored);
	else
		hd_inventory_free(cli->inventory);
	cli->hosts = NULL;
	cli->aside = NULL;
	cli->stored = NULL;
	cli->inventory = NULL;
}
