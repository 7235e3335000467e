#include "cmd/confirm.h"

#include "cmd/ask.h"
#include "cmd/typed.h"
#include "core/base/shell.h"
#include "core/inventory/advice.h"

#include <string.h>

enum { LINE_MAX_SIZE = 4096 };

static bool
is_asked_for(const struct hd_cli *cli)
{
	return (cli->command->flags & HD_CHANGES_HOSTS) != 0 &&
	       !cli->options.dry_run && !cli->options.yes &&
	       hd_env_is_confirmed(cli->env);
}

/* The whole command with --yes. The COMMAND of `run` comes last, after "--". */
static const char *
with_yes(struct hd_arena *a, const struct hd_cli *cli)
{
	const char *args = cli->command->args;
	bool words = strcmp(args + strlen(args) - strlen("..."), "...") == 0;
	HD_AUTO_STR options = HD_STR_INIT(LINE_MAX_SIZE);
	HD_AUTO_SHELL more = HD_SHELL_INIT;

	for (size_t i = 1; i < cli->nargs && !words; i++) {
		hd_shell_word(&more, cli->args[i]);
		hd_shell_lit(&more, " ");
	}
	hd_typed_options(&cli->options, &options);
	hd_str_addf(&more.text, "%s%s%s--yes", options.ptr,
	    options.len > 0 ? " " : "",
	    cli->options.skip_unreachable ? "--skip-unreachable " : "");
	return hd_arena_fmt(a, "%s%s",
	    hd_advice_env(a, cli->env, cli->command->name, more.text.ptr,
		cli->options.limit),
	    words ? " -- COMMAND" : "");
}

int
hd_confirm_env(const struct hd_cli *cli, struct hd_err *err)
{
	HD_AUTO_STR question = HD_STR_INIT(LINE_MAX_SIZE);
	HD_AUTO_ARENA words = { 0 };

	if (!is_asked_for(cli))
		return 0;
	if (!hd_ask_possible())
		return hd_err_set(err, HD_EUSAGE,
		    "a change of %s needs a confirmation (confirm_env), and "
		    "there is no terminal; `%s` does not ask",
		    cli->env->name, with_yes(&words, cli));
	hd_typed_command(cli, &question);
	hd_str_addf(&question, " changes %zu host%s.", cli->nhosts,
	    cli->nhosts == 1 ? "" : "s");
	if (hd_ask_for(cli->view, question.ptr, cli->env->name))
		return 0;
	return hd_err_set(err, HD_ECANCELED,
	    "not confirmed: the answer was not %s; no host was changed",
	    cli->env->name);
}
