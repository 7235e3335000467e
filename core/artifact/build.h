#ifndef HD_BUILD_H
#define HD_BUILD_H

#include "core/base/child.h"

/* A build command and its environment variables. */
struct hd_build {
	const char *command;
	const char *env;     /* HDEPLOY_ENV */
	const char *version; /* HDEPLOY_VERSION; NULL: not set */
	const char *running; /* HDEPLOY_RUNNING; NULL: not set */
	hd_child_fn *out;
	void *ctx;
};

/* Runs the command; blocks and fails as hd_child_run() does. */
int hd_build_run(const struct hd_build *build, struct hd_err *err) HD_CHECK;

#endif
