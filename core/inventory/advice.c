#include "core/inventory/advice.h"

#include "core/base/shell.h"

static void
add_option(struct hd_shell *sh, const char *name, const char *value)
{
	if (value == NULL)
		return;
	hd_str_addf(&sh->text, " %s ", name);
	hd_shell_word(sh, value);
}

static const char *
compose(struct hd_arena *a, const char *file, const char *env,
    const char *command, const char *more, const char *limit)
{
	HD_AUTO_SHELL sh = HD_SHELL_INIT;

	hd_str_addf(&sh.text, "hdeploy %s", command);
	if (env != NULL) {
		hd_shell_lit(&sh, " ");
		hd_shell_word(&sh, env);
	}
	if (more != NULL)
		hd_str_addf(&sh.text, " %s", more);
	add_option(&sh, "--limit", limit);
	add_option(&sh, "-f", file);
	return hd_arena_strdup(a, sh.text.ptr);
}

const char *
hd_advice(struct hd_arena *a, const struct hd_host *host, const char *command,
    const char *more)
{
	return compose(
	    a, host->file, host->env_name, command, more, host->name);
}

const char *
hd_advice_all(struct hd_arena *a, const struct hd_host *host,
    const char *command, const char *more)
{
	return compose(a, host->file, host->env_name, command, more, NULL);
}

const char *
hd_advice_env(struct hd_arena *a, const struct hd_env *env, const char *command,
    const char *more, const char *limit)
{
	return compose(a, env->file, env->name, command, more, limit);
}
