/* Keys that end with a name: env.NAME, command.NAME. */
#include "core/base/index.h"
#include "core/base/name.h"
#include "core/inventory/types.h"

#include <string.h>

static void
set_pair(const struct hd_value *v, struct hd_pairs *pairs, const char *name)
{
	*HD_PUSH(v->arena, pairs) = (struct hd_pair){ name, v->text };
}

/* Keeps the last value of each name, at the position of the first. */
static void
unite(void *field, struct hd_arena *arena)
{
	struct hd_pairs *pairs = field, united = { 0 };
	HD_AUTO_ARENA scratch = { 0 };
	struct hd_index places = { 0 };

	for (size_t i = 0; i < pairs->n; i++) {
		const struct hd_pair *p = &pairs->v[i];
		size_t *place = hd_index_at(&places, &scratch, p->name);

		if (*place == 0) {
			*HD_PUSH(arena, &united) = *p;
			*place = united.n;
		} else {
			united.v[*place - 1].value = p->value;
		}
	}
	*pairs = united;
}

static int
set_variable(void *field, const struct hd_value *v, struct hd_err *err)
{
	const char *name = v->name + strlen(HD_ENV_PREFIX);

	if (!hd_variable_valid(name))
		return hd_err_set(err, HD_ECONFIG,
		    "\"%s\" is not a valid name for an environment variable",
		    name);
	if (strncmp(name, "HDEPLOY_", strlen("HDEPLOY_")) == 0 ||
	    strncmp(name, "hd_", strlen("hd_")) == 0)
		return hd_err_set(err, HD_ECONFIG,
		    "names that begin with HDEPLOY_ or hd_ are reserved for "
		    "hdeploy; choose another");
	set_pair(v, field, name);
	return 0;
}

const char *const hd_command_names[HD_COMMANDS] = {
	"start",
	"stop",
	"reload",
	"upgrade",
	"downgrade",
	"console",
	"running",
	"boots",
};

/* Commands that print a version run before one is known. */
static bool
prints_version(const char *name)
{
	return strcmp(name, "running") == 0 || strcmp(name, "boots") == 0;
}

static int
set_command(void *field, const struct hd_value *v, struct hd_err *err)
{
	const char *name = v->name + strlen(HD_COMMAND_PREFIX), *near;

	for (size_t i = 0; i < HD_COMMANDS; i++) {
		if (strcmp(hd_command_names[i], name) != 0)
			continue;
		if (prints_version(name) &&
		    strstr(v->text, "{version}") != NULL)
			return hd_err_set(err, HD_ECONFIG,
			    "{version} is not known here, because this "
			    "command prints the version");
		set_pair(v, field, hd_command_names[i]);
		return 0;
	}
	near = hd_name_nearest(name, hd_command_names, HD_COMMANDS);
	if (near != NULL)
		return hd_err_set(err, HD_ECONFIG,
		    "there is no command \"%s\"; did you mean command.%s?",
		    name, near);
	return hd_err_set(err, HD_ECONFIG,
	    "there is no command \"%s\"; use start, stop, upgrade, "
	    "downgrade, console, running or boots",
	    name);
}

const struct hd_type hd_type_variable = {
	.set = set_variable,
	.unite = unite,
	.list = true,
	.may_be_empty = true,
	.may_be_quoted = true,
};
const struct hd_type hd_type_command = {
	.set = set_command,
	.unite = unite,
	.list = true,
	.may_be_quoted = true,
};
