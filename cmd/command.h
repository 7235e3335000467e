#ifndef HD_COMMAND_H
#define HD_COMMAND_H

#include "cmd/options.h"
#include "cmd/view.h"
#include "core/event.h"
#include "core/inventory/inventory.h"
#include "core/plan/stored.h"
#include "core/status.h"

#include <stdio.h>

/* What a command needs; main.c sees to it before it calls run. */
enum {
	HD_NEEDS_FILE = 1 << 0,    /* deploy.ini is read and checked */
	HD_NEEDS_ENV = 1 << 1,     /* the first argument names hosts */
	HD_CHANGES_HOSTS = 1 << 2, /* shows its plan first; --dry-run stops */
	HD_MAY_NAME_ENV = 1 << 3, /* the first argument names hosts if it can */
};

struct hd_command;

/* All that a command works with. Pointers are borrowed by run. */
struct hd_cli {
	struct hd_options options;
	const struct hd_command *command;
	const char *const *args; /* after the command's name */
	size_t nargs;
	FILE *text; /* for help: stderr with --json */
	struct hd_view *view;
	const struct hd_sink *sink;
	struct hd_inventory *inventory; /* with HD_NEEDS_FILE, else NULL */
	struct hd_stored *stored; /* with --facts: owns inventory; else NULL */
	const struct hd_env *env; /* if one was named, else NULL */
	const struct hd_host **hosts; /* of env, what --limit leaves */
	size_t nhosts;
};

/* One per command, in a file of its own; the help is made from it. */
struct hd_command {
	const char *name;
	const char *args;  /* "ENV [VERSION]": required, then optional; "X...":
			      one or more, the last */
	const char *help;  /* one line */
	const char *usage; /* paragraphs, "\n" at each line's end */
	unsigned flags;
	enum hd_status (*run)(struct hd_cli *cli);
};

/* Ends with NULL. */
extern const struct hd_command *const hd_commands[];
/* HD_EUSAGE, with the nearest name, if there is no such command. */
int hd_command_find(const struct hd_command **out, const char *name,
    struct hd_err *err) HD_CHECK;
/* HD_EUSAGE unless as many arguments were given as the command takes. */
int hd_command_count_args(
    const struct hd_command *c, size_t nargs, struct hd_err *err) HD_CHECK;

/* Emits the error and says which exit status it means. */
enum hd_status hd_cli_fail(const struct hd_cli *cli, const struct hd_err *err);
/* Argument i as a version, NULL if it was not given. HD_EUSAGE if it cannot
 * be one. */
int hd_cli_version(const char **out, const struct hd_cli *cli, size_t i,
    struct hd_err *err) HD_CHECK;

#endif
