#ifndef HD_CI_H
#define HD_CI_H

#include "core/base/str.h"

#include <stdbool.h>
#include <stdio.h>

/*
 * The systems that run jobs read the log of a job. Some lines are commands to
 * them: fold a part of the log, mark an error. Text from elsewhere must not
 * become such a line; hd_sanitize() deals with commands in the middle of a
 * line.
 */
struct hd_ci {
	const char *name;
	const char *variable; /* of the environment, which identifies it */
	const char *value;    /* its value; NULL: any */
	/* Begin and end a fold; n: its number in this run, from 1. */
	void (*open)(FILE *out, size_t n, const char *title);
	void (*close)(FILE *out, size_t n);
	bool annotates; /* cmd/screen_github.h */
};

/* The system that runs this process, from the environment; NULL: none, or one
 * without such lines. */
const struct hd_ci *hd_ci_find(void);

/* Writes text as a line of its own that no system takes for a command. */
void hd_ci_line(FILE *out, const char *text);

/* Append text for a command of GitHub: its message, or, with `property`, the
 * value of a property. */
void hd_ci_escape(struct hd_str *out, const char *text, bool property);

#endif
