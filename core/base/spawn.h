#ifndef HD_SPAWN_H
#define HD_SPAWN_H

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/str.h"

#include <stdatomic.h>
#include <sys/types.h>

/* A program to start; descriptors are borrowed, -1: /dev/null. */
struct hd_spawn {
	const char *const
	    *argv;         /* argv[0] is searched in PATH; ends with NULL */
	char *const *envp; /* NULL: this process's environment */
	int in, out, err;
	bool detached; /* no terminal: it cannot ask anybody */
};

/*
 * Starts the program with default signal handling, as a shell would, in its own
 * process group (its id is *pid). Returns 0 or an errno value: ENOENT if PATH
 * does not have the program. The caller reaps the process.
 */
int hd_spawn(pid_t *pid, const struct hd_spawn *how) HD_CHECK;

/* Status of a program that was not found. */
enum { HD_SPAWN_MISSING = -1 };

/*
 * Runs a program to its end, detached, with an empty stdin, and appends its
 * output to out and errors, as much as fits. *status is its exit status, 128
 * and a signal's number, or HD_SPAWN_MISSING. At the end of until its process
 * group is killed: HD_ETIMEOUT or HD_ECANCELED. HD_ELOCAL if it cannot be
 * started.
 */
int hd_capture(const char *const *argv, const struct hd_until *until,
    struct hd_str *out, struct hd_str *errors, int *status,
    struct hd_err *err) HD_CHECK;

/* The same, but ends at *end, which other threads may move; NULL: until. */
int hd_capture_until(const char *const *argv, const struct hd_until *until,
    const atomic_llong *end, struct hd_str *out, struct hd_str *errors,
    int *status, struct hd_err *err) HD_CHECK;

#endif
