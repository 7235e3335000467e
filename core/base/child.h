#ifndef HD_CHILD_H
#define HD_CHILD_H

#include "core/base/alloc.h"
#include "core/base/cancel.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Receives stdout and stderr as they arrive; text is borrowed. */
typedef void hd_child_fn(void *ctx, const char *text, size_t len);

/* A command of the user's on this machine. */
struct hd_child {
	const char *command;
	const struct hd_pair *set; /* variables; value NULL: unset */
	size_t nset;
	const char *input;   /* its stdin; NULL: empty */
	unsigned timeout_ms; /* 0: no limit */
	enum hd_cancel ends; /* the stage of an interruption that ends it */
	/* stdout is a secret: out gets only stdout, errors quote only stderr */
	bool secret;
	hd_child_fn *out;
	void *ctx;
	const bool *enough; /* out() sets it to end the command, which then
			       fails; may be NULL */
};

/*
 * Runs the command with /bin/sh -c, these variables and this stdin, which it
 * need not read. The process must ignore SIGPIPE. Blocks until it ends. After
 * an interruption or timeout, its process group gets SIGTERM and, 5 s later,
 * SIGKILL. HD_ELOCAL if it fails, with its status or signal, its last line of
 * output and the command, but without its purpose; HD_ECANCELED.
 */
int hd_child_run(const struct hd_child *how, struct hd_err *err) HD_CHECK;

#endif
