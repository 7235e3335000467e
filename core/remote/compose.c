#include "core/remote/compose.h"

#include "core/base/name.h"
#include "core/remote/args.h"
#include "core/remote/scripts.h"

#include <stdio.h>
#include <string.h>

static const struct hd_script *
find(const char *name)
{
	for (const struct hd_script *s = hd_scripts; s->name != NULL; s++)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

static void
add_script(struct hd_shell *sh, const char *name)
{
	const struct hd_script *s = find(name);

	hd_str_addn(&sh->text, s->text, s->len);
}

/* Before anything else has a name: what the environment holds is put aside. */
static void
begin(struct hd_shell *sh)
{
	hd_shell_lit(sh, "{\n");
	add_script(sh, "login");
	hd_shell_lit(sh, "hd_begin \"$PATH\" login\n");
}

/* Of a script that another one starts: tools are where that one has them. */
static void
begin_again(struct hd_shell *sh)
{
	hd_shell_lit(sh, "{\n");
	add_script(sh, "login");
	hd_shell_lit(sh, "hd_begin \"$HDEPLOY_PATH\" again\n");
}

static void
add_word(struct hd_shell *sh, const char *value)
{
	hd_shell_lit(sh, " ");
	hd_shell_arg(sh, value);
}

static void
add_seconds(struct hd_shell *sh, const struct hd_call *call)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", (call->deadline_ms + 999) / 1000);
	add_word(sh, text);
}

static void
add_setting(struct hd_shell *sh, const char *name, const char *value)
{
	hd_str_add(&sh->text, name);
	hd_shell_lit(sh, "=");
	hd_shell_arg(sh, value != NULL ? value : "");
	hd_shell_lit(sh, "\n");
}

/* As a function, so that the values show in no command line on the host. */
static void
add_env(struct hd_shell *sh, const struct hd_call *call)
{
	add_setting(sh, "hd_env_path", call->env_file);
	hd_shell_lit(sh, "hd_env() {\n");
	if (call->env_file != NULL)
		hd_shell_lit(sh, "hd_env_file \"$hd_env_path\" || return 1\n");
	for (size_t i = 0; call->env != NULL && i < call->env->n; i++) {
		hd_shell_lit(sh, "export ");
		hd_str_add(&sh->text, call->env->v[i].name);
		hd_shell_lit(sh, "=");
		hd_shell_arg(sh, call->env->v[i].value);
		hd_shell_lit(sh, "\n");
	}
	hd_shell_lit(sh, ":\n}\n");
}

/* What deploy.ini says of how the VM is started and stopped. */
static void
add_settings(struct hd_shell *sh, const struct hd_call *call)
{
	add_setting(sh, "hd_unit", call->service);
	add_setting(sh, "hd_manager", call->service_manager);
	add_setting(sh, "hd_two_phase", call->two_phase ? "yes" : "");
	for (size_t i = 0; call->commands != NULL && i < call->commands->n;
	     i++) {
		hd_shell_lit(sh, "hd_command_");
		add_setting(
		    sh, call->commands->v[i].name, call->commands->v[i].value);
	}
}

/* A shell function that prints what the VM is to evaluate. */
static void
add_expression(struct hd_shell *sh, const char *driver, const char *name)
{
	hd_str_addf(&sh->text, "%s() {\nprintf '%%s\\n' 'Driver = \"%s\",'",
	    name, driver != NULL ? driver : "");
	add_word(sh, find("vm_config")->text);
	add_word(sh, find("vm_code")->text);
	add_word(sh, find(name)->text);
	hd_shell_lit(sh, "\n}\n");
}

/* The same for one that needs no more than itself. */
static void
add_function(struct hd_shell *sh, const char *name)
{
	hd_str_addf(&sh->text, "%s() {\nprintf '%%s\\n'", name);
	add_word(sh, find(name)->text);
	hd_shell_lit(sh, "\n}\n");
}

/* What a few scripts use, beside what all do. */
static void
add_parts(struct hd_shell *sh, const struct hd_call *call)
{
	static const char *const configuring[] = { "check", "stage" };

	for (size_t i = 0; i < HD_COUNT(configuring); i++) {
		if (strcmp(call->script, configuring[i]) != 0)
			continue;
		add_script(sh, "config");
		add_expression(sh, call->driver, "vm_applied");
	}
	if (strcmp(call->script, "check") == 0)
		add_function(sh, "vm_check");
}

/* A lock is asked for again and again: no more than that needs. */
static bool
only_locks(const struct hd_call *call)
{
	static const char *const scripts[] = { "lock", "unlock", "holder",
		"takeover" };

	for (size_t i = 0; i < HD_COUNT(scripts); i++)
		if (strcmp(call->script, scripts[i]) == 0)
			return true;
	return false;
}

static void
add_lock(struct hd_shell *sh, const struct hd_call *call)
{
	static const char *const parts[] = { "lib", "process", "trust",
		"lease" };

	for (size_t i = 0; i < HD_COUNT(parts); i++)
		add_script(sh, parts[i]);
	add_script(sh, call->script);
}

/* All that main() of the script needs, and main() itself. */
static void
add_main(struct hd_shell *sh, const struct hd_call *call)
{
	static const char *const common[] = { "lib", "process", "trust", "env",
		"vm", "reach", "node", "service", "command", "control",
		"release", "mend", "loose", "files", "offline", "lease",
		"change", "watch" };

	for (size_t i = 0; i < HD_COUNT(common); i++)
		add_script(sh, common[i]);
	add_expression(sh, call->driver, "vm_facts");
	add_parts(sh, call);
	if (call->driver != NULL)
		add_script(sh, call->driver);
	if (strcmp(call->script, "facts") == 0)
		add_script(sh, "contents");
	add_script(sh, call->script);
	add_settings(sh, call);
}

static void
add_args(struct hd_shell *sh, const struct hd_call *call)
{
	hd_args_add(sh, find(call->script), call);
}

/* They become words of the script as they are. */
static int
check_names(const struct hd_pairs *pairs, struct hd_err *err)
{
	for (size_t i = 0; pairs != NULL && i < pairs->n; i++)
		if (!hd_variable_valid(pairs->v[i].name))
			return hd_err_set(err, HD_ELOCAL,
			    "\"%s\" is not a variable name", pairs->v[i].name);
	return 0;
}

static const char *
lease(const struct hd_call *call)
{
	return call->lease != NULL ? call->lease : "0";
}

static int
check(const struct hd_call *call, struct hd_err *err)
{
	const struct hd_script *s = find(call->script);

	if (s == NULL || s->args == NULL ||
	    (call->driver != NULL && find(call->driver) == NULL))
		return hd_err_set(err, HD_ELOCAL, "no such script: %s, %s",
		    call->script, call->driver ? call->driver : "-");
	if (call->root[0] != '/' || strchr(call->root, '\n') != NULL)
		return hd_err_set(err, HD_ELOCAL,
		    "release root \"%s\" is not an absolute path", call->root);
	if (!hd_app_valid(call->app))
		return hd_err_set(err, HD_ELOCAL,
		    "\"%s\" is not an application name", call->app);
	if (check_names(call->env, err) < 0 ||
	    check_names(call->commands, err) < 0)
		return -1;
	return hd_args_check(s, call, err);
}

int
hd_compose_ask(const struct hd_call *call, const char *nonce,
    struct hd_shell *out, struct hd_err *err)
{
	if (check(call, err) < 0)
		return -1;
	begin(out);
	if (only_locks(call))
		add_lock(out, call);
	else
		add_main(out, call);
	add_env(out, call);
	add_args(out, call);
	hd_shell_lit(out, "hd_run");
	add_word(out, nonce);
	add_seconds(out, call);
	hd_shell_lit(out, " </dev/null\nexit\n}\n");
	return hd_str_check(&out->text, err);
}

/* What lies on the host as ops/<id>/script. The environment is inherited:
 * no secret may be in this file. */
static void
add_inner(struct hd_shell *sh, const struct hd_call *call)
{
	begin_again(sh);
	add_main(sh, call);
	add_script(sh, "session");
	add_args(sh, call);
	hd_shell_lit(sh, "hd_lease=");
	hd_shell_arg(sh, lease(call));
	hd_shell_lit(sh, "\nhd_env() {\n:\n}\nhd_operation \"$1\"");
	add_seconds(sh, call);
	hd_shell_lit(sh, " </dev/null\nexit\n}\n");
}

static bool
id_valid(const char *id)
{
	return id[0] != '\0' && strlen(id) <= 64 &&
	       id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

/* Of the script that begins the operation on the host. */
static struct hd_call
outer_call(const struct hd_call *call, const char *id)
{
	struct hd_call outer = {
		.script = "operation", .root = call->root, .app = call->app
	};

	hd_call_set(&outer, "id", id);
	hd_call_set(
	    &outer, "name", call->name != NULL ? call->name : call->script);
	hd_call_set(&outer, "lease", lease(call));
	hd_call_set(&outer, "journal", call->journal);
	hd_call_set(&outer, "unsure", call->unsure);
	return outer;
}

int
hd_compose_operation(const struct hd_call *call, const char *id,
    const char *nonce, struct hd_shell *out, struct hd_err *err)
{
	HD_AUTO_SHELL inner = HD_SHELL_INIT;
	const struct hd_call outer = outer_call(call, id);

	if (check(call, err) < 0 || check(&outer, err) < 0)
		return -1;
	if (!id_valid(id) || (call->unsure != NULL && !id_valid(call->unsure)))
		return hd_err_set(
		    err, HD_ELOCAL, "\"%s\" is not an operation id", id);
	add_inner(&inner, call);
	if (hd_str_check(&inner.text, err) < 0)
		return -1;
	begin(out);
	add_script(out, "lib");
	add_script(out, "process");
	add_script(out, "trust");
	add_script(out, "env");
	add_script(out, "lease");
	add_script(out, "change");
	add_script(out, "operation");
	add_env(out, call);
	hd_shell_lit(out, "inner_script() {\nprintf '%s'");
	add_word(out, inner.text.ptr);
	hd_shell_lit(out, "\n}\n");
	add_args(out, &outer);
	hd_shell_lit(out, "hd_run");
	add_word(out, nonce);
	add_seconds(out, call);
	hd_shell_lit(out, " </dev/null\nexit\n}\n");
	return hd_str_check(&out->text, err);
}
