#include "core/remote/compose.h"

#include "core/base/name.h"
#include "core/remote/args.h"
#include "core/remote/scripts.h"
#include "core/remote/settings.h"

#include <stdio.h>
#include <string.h>

/* A text being composed. Each file is added once. */
struct making {
	struct hd_shell *sh;
	const struct hd_call *call;
	bool inner; /* it inherits the environment */
	bool has[HD_SCRIPTS_MAX];
};

static const struct hd_script *
find(const char *name)
{
	for (const struct hd_script *s = hd_scripts; s->name != NULL; s++)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

static void
add_text(struct hd_shell *sh, const struct hd_script *s)
{
	hd_str_addn(&sh->text, s->text, s->len);
}

/* The script to run: the driver's own, app_stage, in place of stage. Other
 * files of that form (relx_install) have no "# args:" and define no main(). */
static const struct hd_script *
find_main(const struct hd_call *call)
{
	const struct hd_script *s = NULL;
	char own[64];

	snprintf(own, sizeof(own), "%s_%s", call->driver ? call->driver : "",
	    call->script);
	if (call->driver != NULL)
		s = find(own);
	return s != NULL && s->args != NULL ? s : find(call->script);
}

/* Comes first: puts the login's environment aside before anything has a name.
 */
static void
begin(struct hd_shell *sh)
{
	hd_shell_lit(sh, "{\n");
	add_text(sh, find("login"));
	hd_shell_lit(sh, "hd_begin \"$PATH\" login\n");
}

/* For a script that another script starts: it finds tools by the same PATH. */
static void
begin_again(struct hd_shell *sh)
{
	hd_shell_lit(sh, "{\n");
	add_text(sh, find("login"));
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

static void add_file(struct making *m, const struct hd_script *s);

/* The Erlang text as shell words, after the files that it needs. */
static void
add_words(struct making *m, const struct hd_script *s)
{
	const char *driver = m->call->driver;

	for (size_t i = 0; s->needs[i] != NULL; i++)
		add_words(m, find(s->needs[i]));
	if (strcmp(s->name, "vm_config") == 0)
		hd_str_addf(&m->sh->text, " 'Driver = \"%s\",'",
		    driver != NULL ? driver : "");
	add_word(m->sh, s->text);
}

/* A shell function that prints the expression for the VM. */
static void
add_expression(struct making *m, const struct hd_script *s)
{
	hd_str_addf(&m->sh->text, "%s() {\nprintf '%%s\\n'", s->name);
	add_words(m, s);
	hd_shell_lit(m->sh, "\n}\n");
}

static void
add_need(struct making *m, const char *name)
{
	char own[64];

	add_file(m, find(name));
	if (strncmp(name, "driver", 6) != 0 || m->call->driver == NULL)
		return;
	snprintf(own, sizeof(own), "%s%s", m->call->driver, name + 6);
	add_file(m, find(own));
}

static void
add_needs(struct making *m, const struct hd_script *s)
{
	const struct hd_settings settings = { m->sh, m->call, m->inner };

	for (size_t i = 0; s->needs[i] != NULL; i++)
		add_need(m, s->needs[i]);
	if (strcmp(s->name, "env") == 0 && hd_settings_env_file(&settings))
		add_file(m, find("env_file"));
	hd_settings_add(&settings, s->name);
}

static void
add_file(struct making *m, const struct hd_script *s)
{
	if (s == NULL || m->has[s - hd_scripts])
		return;
	m->has[s - hd_scripts] = true;
	if (s->erlang) {
		add_expression(m, s);
		return;
	}
	add_needs(m, s);
	add_text(m->sh, s);
}

/* The names become words of the script unquoted. */
static int
check_names(const struct hd_pairs *pairs, struct hd_err *err)
{
	for (size_t i = 0; pairs != NULL && i < pairs->n; i++)
		if (!hd_variable_valid(pairs->v[i].name))
			return hd_err_set(err, HD_ELOCAL,
			    "\"%s\" is not a variable name", pairs->v[i].name);
	return 0;
}

static int
check_one(const struct hd_call *call, struct hd_err *err)
{
	const struct hd_script *s = find_main(call);

	if (s == NULL || s->args == NULL ||
	    (call->driver != NULL && find(call->driver) == NULL))
		return hd_err_set(err, HD_ELOCAL,
		    "no such script or driver: %s, %s", call->script,
		    call->driver ? call->driver : "-");
	if (call->root[0] != '/' || strchr(call->root, '\n') != NULL)
		return hd_err_set(err, HD_ELOCAL,
		    "release root \"%s\" is not an absolute path", call->root);
	if (!hd_program_valid(call->app))
		return hd_err_set(err, HD_ELOCAL,
		    "\"%s\" is not an application name", call->app);
	if (check_names(call->env, err) < 0 ||
	    check_names(call->commands, err) < 0)
		return -1;
	return hd_args_check(s, call, err);
}

static int
check(const struct hd_call *call, struct hd_err *err)
{
	for (; call != NULL; call = call->then)
		if (check_one(call, err) < 0)
			return -1;
	return 0;
}

/* Adds what all scripts of the call need, then the first script. */
static void
add_scripts(struct making *m)
{
	add_file(m, find("lib"));
	for (const struct hd_call *c = m->call->then; c != NULL; c = c->then)
		add_needs(m, find_main(c));
	add_file(m, find_main(m->call));
}

/* A function that runs the scripts one after another. The functions of a later
 * script, its main() too, take the place of an earlier one's when it begins. */
static void
add_main(struct making *m)
{
	hd_args_add(m->sh, find_main(m->call), m->call);
	hd_shell_lit(m->sh, "hd_main() {\nmain\n");
	for (const struct hd_call *c = m->call->then; c != NULL; c = c->then) {
		hd_shell_lit(m->sh, "hd_next \"$?\" || return\n");
		add_text(m->sh, find_main(c));
		hd_args_add(m->sh, find_main(c), c);
		hd_shell_lit(m->sh, "main\n");
	}
	hd_shell_lit(m->sh, "}\n");
}

/* The end of the text, after all functions: calls hd_main(). */
static void
add_run(struct making *m, const char *nonce)
{
	hd_shell_lit(m->sh, "hd_run");
	add_word(m->sh, nonce);
	add_seconds(m->sh, m->call);
	hd_shell_lit(m->sh, " </dev/null\nexit\n}\n");
}

int
hd_compose_ask(const struct hd_call *call, const char *nonce,
    struct hd_shell *out, struct hd_err *err)
{
	struct making m = { .sh = out, .call = call };

	if (check(call, err) < 0)
		return -1;
	begin(out);
	add_scripts(&m);
	add_main(&m);
	add_run(&m, nonce);
	return hd_str_check(&out->text, err);
}

int
hd_compose_inner(
    const struct hd_call *call, struct hd_shell *out, struct hd_err *err)
{
	struct making m = { .sh = out, .call = call, .inner = true };

	if (check(call, err) < 0)
		return -1;
	begin_again(out);
	add_scripts(&m);
	add_file(&m, find("session"));
	add_main(&m);
	hd_shell_lit(out, "hd_operation \"$1\"");
	add_seconds(out, call);
	hd_shell_lit(out, " </dev/null\nexit\n}\n");
	return hd_str_check(&out->text, err);
}

static bool
id_valid(const char *id)
{
	return id[0] != '\0' && strlen(id) <= 64 &&
	       id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

/* The call of operation.sh, which begins the operation on the host. It keeps
 * the settings that call has from deploy.ini. */
static struct hd_call
outer_call(const struct hd_call *call, const char *id)
{
	struct hd_call outer = *call;

	outer.script = "operation";
	outer.then = call->asks;
	outer.asks = NULL;
	memset(outer.args, 0, sizeof(outer.args));
	hd_call_set(&outer, "id", id);
	hd_call_set(
	    &outer, "name", call->name != NULL ? call->name : call->script);
	hd_call_set(&outer, "lease", call->lease != NULL ? call->lease : "0");
	hd_call_set(&outer, "journal", call->journal);
	hd_call_set(&outer, "unsure", call->unsure);
	hd_call_set(&outer, "release", call->release ? "yes" : NULL);
	return outer;
}

int
hd_compose_operation(const struct hd_call *call, const char *id,
    const char *nonce, struct hd_shell *out, struct hd_err *err)
{
	HD_AUTO_SHELL inner = HD_SHELL_INIT;
	const struct hd_call outer = outer_call(call, id);
	struct making m = { .sh = out, .call = &outer };

	if (!id_valid(id) || (call->unsure != NULL && !id_valid(call->unsure)))
		return hd_err_set(
		    err, HD_ELOCAL, "\"%s\" is not an operation id", id);
	if (check(&outer, err) < 0 || hd_compose_inner(call, &inner, err) < 0)
		return -1;
	begin(out);
	add_scripts(&m);
	hd_shell_lit(out, "inner_script() {\nprintf '%s'");
	add_word(out, inner.text.ptr);
	hd_shell_lit(out, "\n}\n");
	add_main(&m);
	add_run(&m, nonce);
	return hd_str_check(&out->text, err);
}
