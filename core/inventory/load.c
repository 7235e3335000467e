#include "core/inventory/load.h"

#include "core/base/fs.h"
#include "core/base/name.h"
#include "core/inventory/advice.h"
#include "core/inventory/hosts.h"
#include "core/inventory/layer.h"
#include "core/inventory/problem.h"
#include "core/inventory/section.h"
#include "core/inventory/types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 1024 * 1024 };

/* Only driver = app may have names that no OTP application can have. */
static void
check_name(const struct hd_app *app, const struct hd_section *section,
    struct hd_problems *problems)
{
	unsigned line = section->line;

	if (app->name == NULL || hd_app_valid(app->name) ||
	    strcmp(app->driver, hd_driver_names[HD_DRIVER_APP]) == 0)
		return;
	for (size_t i = 0; i < section->entries.n; i++)
		if (section->entries.v[i].value == app->name)
			line = section->entries.v[i].line;
	hd_problem_add(problems, line,
	    "name: \"%s\" is not an OTP application name: a to z first, then "
	    "letters, digits and _, at most 64",
	    app->name);
}

static void
load_app(struct hd_inventory *inv, const struct hd_sections *all,
    struct hd_problems *problems)
{
	const struct hd_section *app =
	    hd_section_find(all, HD_IN_APP, NULL, NULL);
	const struct hd_layers layers = { .v = { app }, .n = 1 };
	const struct hd_key *missing;

	if (app == NULL) {
		hd_problem_add(problems, 0,
		    "there is no [app] section; add one with name and "
		    "release");
		return;
	}
	hd_key_defaults(&inv->app, HD_SCOPE_APP, &inv->arena);
	hd_layer_apply(app, &inv->app, HD_SCOPE_APP, &inv->arena);
	check_name(&inv->app, app, problems);
	for (size_t i = 0; (missing = hd_layers_missing(
				&layers, &inv->app, HD_SCOPE_APP, &i)) != NULL;)
		hd_problem_add(problems, app->line, "[app] has no %s; add it",
		    missing->name);
}

static void
load_envs(struct hd_inventory *inv, const struct hd_sections *all,
    struct hd_problems *problems)
{
	struct hd_hosts_load l = {
		.all = all,
		.inventory = inv,
		.arena = &inv->arena,
		.problems = problems,
	};
	struct hd_env usual = { 0 };

	l.defaults = hd_section_find(all, HD_IN_DEFAULTS, NULL, NULL);
	hd_key_defaults(&l.usual, HD_SCOPE_HOST, &inv->arena);
	hd_layer_apply(l.defaults, &l.usual, HD_SCOPE_HOST, &inv->arena);
	hd_key_defaults(&usual, HD_SCOPE_ENV, &inv->arena);
	hd_layer_apply(l.defaults, &usual, HD_SCOPE_ENV, &inv->arena);
	for (size_t i = 0; i < usual.groups.n; i++)
		usual.groups.v[i].usual = true;
	for (size_t i = 0; i < all->n; i++) {
		const struct hd_section *s = &all->v[i];
		struct hd_env *env;

		if (s->place != HD_IN_ENV)
			continue;
		env = HD_PUSH(&inv->arena, &inv->envs);
		*env = usual;
		env->name = s->env;
		hd_layer_apply(s, env, HD_SCOPE_ENV, &inv->arena);
		hd_hosts_load(&l, env, s);
	}
	hd_hosts_check(&l);
	hd_confirm_check(inv, all, problems);
	if (inv->envs.n == 0)
		hd_problem_add(problems, 0,
		    "there is no environment; add a section such as [prod] "
		    "with a host");
}

/* The variable or descriptor with a secret that this setting names. */
static const char *
secret_of(const struct hd_setting *e)
{
	struct hd_sudo_password sudo;

	if (e->bad || e->key == NULL)
		return NULL;
	if (e->key->type == &hd_type_secrets)
		return e->value;
	if (e->key->type == &hd_type_sudo &&
	    hd_sudo_password_parse(&sudo, e->value) && sudo.from == HD_SUDO_ENV)
		return sudo.text;
	return NULL;
}

/* Secrets are taken from the environment before a source is asked, and so
 * before all hosts are known. */
static void
find_secrets(struct hd_inventory *inv, const struct hd_sections *all)
{
	for (size_t i = 0; i < all->n; i++)
		for (size_t k = 0; k < all->v[i].entries.n; k++) {
			const char *name = secret_of(&all->v[i].entries.v[k]);

			if (name != NULL)
				*HD_PUSH(&inv->arena, &inv->secrets) = name;
		}
}

int
hd_inventory_parse(struct hd_inventory **out, const char *text, size_t n,
    struct hd_problems *problems)
{
	struct hd_inventory *inv = hd_alloc(sizeof(*inv));
	struct hd_sections *all = hd_arena_alloc(&inv->arena, sizeof(*all));

	*out = NULL;
	inv->file = HD_INVENTORY_FILE;
	inv->written = all;
	hd_sections_read(all, &inv->arena, text, n, problems);
	hd_sections_check(all, &inv->arena, problems);
	find_secrets(inv, all);
	load_app(inv, all, problems);
	load_envs(inv, all, problems);
	hd_hosts_without_env(all, problems);
	hd_problems_sort(problems);
	if (problems->n > 0) {
		hd_inventory_free(inv);
		return -1;
	}
	*out = inv;
	return 0;
}

/* Messages that suggest a command name the file. */
static void
set_file(struct hd_inventory *inv)
{
	if (strcmp(inv->file, HD_INVENTORY_FILE) == 0)
		return;
	for (size_t i = 0; i < inv->envs.n; i++) {
		struct hd_env *env = &inv->envs.v[i];

		env->file = inv->file;
		for (size_t j = 0; j < env->hosts.n; j++)
			env->hosts.v[j].file = inv->file;
	}
}

static int
summarize(
    const struct hd_problems *problems, const char *file, struct hd_err *err)
{
	return hd_err_set(err, HD_ECONFIG, "%s: %zu problem%s", file,
	    problems->n, problems->n == 1 ? "" : "s");
}

int
hd_inventory_add_answers(
    struct hd_inventory *inv, struct hd_problems *problems, struct hd_err *err)
{
	memset(&inv->envs, 0, sizeof(inv->envs));
	load_envs(inv, inv->written, problems);
	hd_problems_sort(problems);
	if (problems->n > 0)
		return summarize(problems, inv->file, err);
	set_file(inv);
	return 0;
}

static int
missing_file(const char *file, struct hd_err *err)
{
	HD_AUTO_ARENA words = { 0 };
	const struct hd_env none = { .file = file };

	if (strcmp(file, HD_INVENTORY_FILE) == 0)
		return hd_err_set(err, HD_ECONFIG,
		    "no deploy.ini here: create one with `hdeploy init`, or "
		    "name another file with -f");
	return hd_err_set(err, HD_ECONFIG,
	    "there is no %s: create it with `%s`", file,
	    hd_advice_env(&words, &none, "init", NULL, NULL));
}

int
hd_inventory_load(struct hd_inventory **out, const char *file,
    struct hd_problems *problems, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(FILE_MAX);

	*out = NULL;
	if (access(file, F_OK) < 0 && errno == ENOENT)
		return missing_file(file, err);
	if (hd_fs_read(file, &text, err) < 0) {
		err->code = HD_ECONFIG;
		return -1;
	}
	if (hd_inventory_parse(out, text.ptr, text.len, problems) < 0)
		return summarize(problems, file, err);
	(*out)->file = hd_arena_strdup(&(*out)->arena, file);
	set_file(*out);
	return 0;
}

void
hd_inventory_free(struct hd_inventory *inv)
{
	struct hd_arena arena;

	if (inv == NULL)
		return;
	arena = inv->arena;
	hd_arena_done(&arena);
	free(inv);
}
