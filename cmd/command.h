#ifndef HD_COMMAND_H
#define HD_COMMAND_H

#include "cmd/options.h"
#include "cmd/secrets.h"
#include "cmd/view.h"
#include "core/event.h"
#include "core/inventory/inventory.h"
#include "core/plan/stored.h"
#include "core/status.h"

#include <stdio.h>

/* What a command needs; main.c provides it before it calls run. */
enum {
	HD_NEEDS_FILE = 1 << 0,    /* deploy.ini is read and checked */
	HD_NEEDS_ENV = 1 << 1,     /* the first argument names hosts */
	HD_CHANGES_HOSTS = 1 << 2, /* shows its plan first; --dry-run stops */
	HD_MAY_NAME_ENV = 1 << 3,  /* the first argument may name hosts */
	HD_NEEDS_FACTS = 1 << 4,   /* the first argument is a file of saved
				      facts, read instead of deploy.ini */
	HD_MAY_NAME_HOST = 1 << 5, /* a second argument is a --limit */
	HD_HIDDEN = 1 << 15,       /* for programs: not in the help */
};

struct hd_command;

/* The input of a command. run borrows all pointers. */
struct hd_cli {
	struct hd_options options;
	const struct hd_command *command;
	const char *const *args; /* after the command's name */
	size_t nargs;
	FILE *text; /* for help: struct hd_view */
	struct hd_view *view;
	struct hd_secrets secrets; /* from the environment */
	const struct hd_sink *sink;
	struct hd_inventory *inventory; /* with HD_NEEDS_FILE, else NULL */
	struct hd_stored *stored; /* with --facts: owns inventory; else NULL */
	const struct hd_env *env; /* if one was named, else NULL */
	const struct hd_host **hosts; /* of env, selected by --limit */
	size_t nhosts;
	/* one for each host: why it was set aside (core/rollout/run.h); NULL:
	 * the command sets none aside */
	struct hd_err *aside;
	/* shared by all connections of the command, so that no key is read
	 * twice; NULL until the first use */
	struct hd_connector *connector;
	struct hd_ahead *ahead; /* hd_reach_ahead(); NULL: it was not called */
};

/* One per command, each in its own file; also the source of its help. */
struct hd_command {
	const char *name;
	const char *args;  /* "ENV [VERSION]": required, then optional; a last
			      "X..." takes one or more */
	const char *help;  /* one line */
	const char *usage; /* paragraphs, "\n" at each line's end */
	unsigned flags;
	enum hd_status (*run)(struct hd_cli *cli);
};

/* Ends with NULL. */
extern const struct hd_command *const hd_commands[];
/* HD_EUSAGE for an unknown command; the message suggests a similar one. */
int hd_command_find(const struct hd_command **out, const char *name,
    struct hd_err *err) HD_CHECK;
/* HD_EUSAGE if the command takes fewer or more arguments. */
int hd_command_count_args(
    const struct hd_command *c, size_t nargs, struct hd_err *err) HD_CHECK;

/* Emits the error and returns its exit status. */
enum hd_status hd_cli_fail(const struct hd_cli *cli, const struct hd_err *err);
/* Sets *out to argument i, NULL if it was not given. HD_EUSAGE if it is not a
 * valid version. */
int hd_cli_version(const char **out, const struct hd_cli *cli, size_t i,
    struct hd_err *err) HD_CHECK;

#endif
