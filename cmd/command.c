#include "cmd/command.h"

#include "core/base/name.h"

#include <string.h>

enum { COMMANDS_MAX = 64 };

int
hd_command_find(
    const struct hd_command **out, const char *name, struct hd_err *err)
{
	const char *names[COMMANDS_MAX];
	const char *near;
	size_t n = 0;

	for (size_t i = 0; i < COMMANDS_MAX && hd_commands[i] != NULL; i++) {
		if (strcmp(name, hd_commands[i]->name) == 0) {
			*out = hd_commands[i];
			return 0;
		}
		if ((hd_commands[i]->flags & HD_HIDDEN) == 0)
			names[n++] = hd_commands[i]->name;
	}
	near = hd_name_nearest(name, names, n);
	if (near != NULL)
		return hd_err_set(err, HD_EUSAGE,
		    "unknown command \"%s\"; did you mean \"%s\"?", name, near);
	return hd_err_set(err, HD_EUSAGE,
	    "unknown command \"%s\"; \"hdeploy help\" lists all commands",
	    name);
}

int
hd_command_count_args(
    const struct hd_command *c, size_t nargs, struct hd_err *err)
{
	size_t least = 0, most = 0, n;

	for (const char *p = c->args; *p != '\0';) {
		n = strcspn(p, " ");
		least += *p != '[';
		most = n > 3 && strncmp(p + n - 3, "...", 3) == 0 ? nargs
								  : most + 1;
		p += n;
		p += strspn(p, " ");
	}
	if (nargs >= least && nargs <= most)
		return 0;
	return hd_err_set(err, HD_EUSAGE,
	    "%s arguments for %s; usage: hdeploy %s%s%s",
	    nargs < least ? "missing" : "too many", c->name, c->name,
	    *c->args != '\0' ? " " : "", c->args);
}

enum hd_status
hd_cli_fail(const struct hd_cli *cli, const struct hd_err *err)
{
	hd_emit(cli->sink,
	    (struct hd_event){ .kind = HD_EV_ERROR, .text = err->msg });
	return hd_status_of(err->code);
}

int
hd_cli_version(
    const char **out, const struct hd_cli *cli, size_t i, struct hd_err *err)
{
	*out = i < cli->nargs ? cli->args[i] : NULL;
	if (*out == NULL || hd_version_valid(*out))
		return 0;
	return hd_err_set(err, HD_EUSAGE,
	    "\"%s\" is not a valid version: use letters, digits and ._+~-, "
	    "begin with a letter or digit, at most %d characters",
	    *out, HD_VERSION_MAX);
}
