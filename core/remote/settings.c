#include "core/remote/settings.h"

#include <string.h>

static void
add_setting(struct hd_shell *sh, const char *name, const char *value)
{
	hd_str_add(&sh->text, name);
	hd_shell_lit(sh, "=");
	hd_shell_arg(sh, value != NULL ? value : "");
	hd_shell_lit(sh, "\n");
}

bool
hd_settings_env_file(const struct hd_settings *s)
{
	return !s->inner && s->call->env_file != NULL;
}

/* A function, so that no command line on the host shows the values. */
static void
add_env(const struct hd_settings *s)
{
	const struct hd_pairs *env = s->inner ? NULL : s->call->env;

	hd_shell_lit(s->sh, "hd_env() {\n");
	if (hd_settings_env_file(s))
		hd_shell_lit(
		    s->sh, "hd_env_file \"$hd_env_path\" || return 1\n");
	for (size_t i = 0; env != NULL && i < env->n; i++) {
		hd_shell_lit(s->sh, "export ");
		add_setting(s->sh, env->v[i].name, env->v[i].value);
	}
	hd_shell_lit(s->sh, ":\n}\n");
}

static void
add_unit(const struct hd_settings *s)
{
	if (!s->inner)
		add_setting(s->sh, "hd_env_path", s->call->env_file);
	add_setting(s->sh, "hd_unit", s->call->service);
	add_setting(s->sh, "hd_manager", s->call->service_manager);
}

static void
add_commands(const struct hd_settings *s)
{
	const struct hd_pairs *commands = s->call->commands;

	for (size_t i = 0; commands != NULL && i < commands->n; i++) {
		hd_shell_lit(s->sh, "hd_command_");
		add_setting(s->sh, commands->v[i].name, commands->v[i].value);
	}
}

static void
add_two_phase(const struct hd_settings *s)
{
	add_setting(s->sh, "hd_two_phase", s->call->two_phase ? "yes" : "");
}

/* One a line: they contain no spaces, but a shell splits by IFS. */
static void
add_list(struct hd_shell *sh, const char *name, const struct hd_strs *list)
{
	HD_AUTO_STR text = HD_STR_INIT(64 * 1024);

	for (size_t i = 0; list != NULL && i < list->n; i++)
		hd_str_addf(&text, "%s%s", i > 0 ? "\n" : "", list->v[i]);
	add_setting(sh, name, text.ptr);
}

static void
add_pid_file(const struct hd_settings *s)
{
	add_setting(s->sh, "hd_pid_file", s->call->pid_file);
}

static void
add_reload(const struct hd_settings *s)
{
	add_setting(s->sh, "hd_reload", s->call->reload ? "yes" : "");
}

static void
add_linked(const struct hd_settings *s)
{
	add_list(s->sh, "hd_linked_dirs", s->call->linked_dirs);
	add_list(s->sh, "hd_linked_files", s->call->linked_files);
}

static void
add_lease(const struct hd_settings *s)
{
	const char *lease = s->call->lease;

	add_setting(s->sh, "hd_lease", lease != NULL ? lease : "0");
}

static const struct {
	const char *file;
	void (*add)(const struct hd_settings *s);
} rows[] = {
	{ "trust", add_unit },
	{ "env", add_env },
	{ "command", add_commands },
	{ "install", add_two_phase },
	{ "app", add_linked },
	{ "app_process", add_pid_file },
	{ "facts_unit", add_reload },
	{ "lease_life", add_lease },
};

void
hd_settings_add(const struct hd_settings *s, const char *file)
{
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		if (strcmp(rows[i].file, file) == 0)
			rows[i].add(s);
}
