#ifndef HD_CHILD_H
#define HD_CHILD_H

#include "core/base/alloc.h"
#include "core/base/cancel.h"
#include "core/base/err.h"

#include <stddef.h>

/* Gets the command's output, both streams, as it comes; text is borrowed. */
typedef void hd_child_fn(void *ctx, const char *text, size_t len);

/* A command of the user's own on this machine, and what it is told. */
struct hd_child {
	const char *what; /* how errors begin: "build" */
	const char *command;
	const struct hd_pair *set; /* variables; value NULL: not set at all */
	size_t nset;
	unsigned timeout_ms; /* 0: it may take as long as it likes */
	enum hd_cancel ends; /* at this stage of an interruption */
	hd_child_fn *out;
	void *ctx;
};

/*
 * Runs the command with /bin/sh -c, with these variables in its environment
 * and an empty stdin. Blocks until it ends; an interruption, or the end of its
 * time, ends it and its children (its process group gets SIGTERM, then
 * SIGKILL). HD_ELOCAL if it fails, with its status or signal and the last line
 * of its output; HD_ECANCELED.
 */
int hd_child_run(const struct hd_child *how, struct hd_err *err) HD_CHECK;

#endif
