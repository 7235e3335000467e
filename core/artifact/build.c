#include "core/artifact/build.h"

int
hd_build_run(const struct hd_build *build, struct hd_err *err)
{
	const struct hd_pair set[] = {
		{ "HDEPLOY_ENV", build->env },
		{ "HDEPLOY_VERSION", build->version },
		{ "HDEPLOY_RUNNING", build->running },
	};
	const struct hd_child child = {
		.command = build->command,
		.set = set,
		.nset = HD_COUNT(set),
		.ends = HD_CANCEL_SOON,
		.out = build->out,
		.ctx = build->ctx,
	};

	return hd_child_run(&child, err);
}
