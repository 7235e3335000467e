#ifndef HD_OPTIONS_H
#define HD_OPTIONS_H

#include "core/base/alloc.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* The command line. Texts are borrowed from argv. */
struct hd_options {
	const char *file;  /* deploy.ini */
	const char *limit; /* NULL: all hosts */
	const char *from;
	const char *into; /* NULL: the current folder */
	const char *save;
	const char *facts; /* plan from this file; NULL: ask the hosts */
	const char *accept;
	bool skip_unreachable, follow;
	const char *junit, *dotenv, *timeline; /* reports; NULL: none */
	const char *output; /* file of a page; NULL: not given */
	unsigned parallel;  /* 0: use the setting of deploy.ini */
	unsigned count;     /* of history; 0: not given */
	unsigned lines;     /* of a log; 0: not given */
	unsigned wait;      /* ms, for locks of other runs */
	unsigned watch;     /* ms between two passes; 0: one pass */
	bool html;          /* history also makes a page */
	bool hot, cold, replace, force_unhealthy, build, yes, deep;
	bool dry_run, json, verbose, quiet, plain, wide, help, version, man;
	struct hd_strs words; /* the command and its arguments */
	uint64_t given;       /* bit i: row i of the table was given */
	struct hd_arena arena;
};

/*
 * Options may appear anywhere before "--". Returns -1 with HD_EUSAGE for the
 * first error, but parses all arguments, so that *o still has --json and the
 * like. Call hd_options_done() in both cases.
 */
int hd_options_parse(struct hd_options *o, int argc, const char *const *argv,
    struct hd_err *err) HD_CHECK;
void hd_options_done(struct hd_options *o);

/* HD_EUSAGE if an option was given that this command does not have. */
int hd_options_allowed(const struct hd_options *o, const char *command,
    struct hd_err *err) HD_CHECK;

/* One row of the option table, for the help. */
struct hd_option {
	char letter; /* 0: none */
	const char *name;
	const char *value; /* its name in the help; NULL: takes none */
	/* commands that have it: "a, b", or words for several; NULL: all */
	const char *only;
	const char *help;
	int (*set)(void *field, const char *text);
	size_t field;     /* offset in struct hd_options */
	const char *rule; /* "a number"...: valid values; NULL: any */
};
/* Whether row->only names this command. */
bool hd_option_of(const struct hd_option *row, const char *command);
/* Row i of the table, or NULL past its end. */
const struct hd_option *hd_options_row(size_t i);

#endif
