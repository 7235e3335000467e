#ifndef HD_BUILD_H
#define HD_BUILD_H

#include "core/base/err.h"

#include <stddef.h>

/* Gets the command's output, both streams, as it comes; text is borrowed. */
typedef void hd_build_fn(void *ctx, const char *text, size_t len);

/* A build command and what it is told. */
struct hd_build {
	const char *command;
	const char *env;     /* HDEPLOY_ENV */
	const char *version; /* HDEPLOY_VERSION; NULL: not set */
	const char *running; /* HDEPLOY_RUNNING; NULL: not set */
	hd_build_fn *out;
	void *ctx;
};

/*
 * Runs the command with /bin/sh -c on this machine, with these variables in
 * its environment and an empty stdin. Blocks until it ends; an interruption
 * ends it and its children (its process group gets SIGTERM, then SIGKILL).
 * HD_ELOCAL if it fails, with its status or signal; HD_ECANCELED.
 */
int hd_build_run(const struct hd_build *build, struct hd_err *err) HD_CHECK;

#endif
