#include "core/plan/plan_private.h"

/* An install may have to be undone: it takes the commands for that as well. */
const struct hd_step_row hd_steps[] = {
	[HD_STEP_SHIP] = { .name = "ship" },
	[HD_STEP_PLACE] = { .name = "unpack first release" },
	[HD_STEP_SNAPSHOT] = { .name = "snapshot" },
	[HD_STEP_UNPACK] = { .name = "unpack", .finds_node = "upgrade" },
	[HD_STEP_STAGE] = { .name = "unpack offline" },
	[HD_STEP_SWITCH] = { .name = "switch" },
	[HD_STEP_CHECK] = { .name = "check" },
	[HD_STEP_INSTALL] = { .name = "install",
	    .needs = { "upgrade", "downgrade", "start", "stop" },
	    .finds_node = "upgrade" },
	[HD_STEP_DRAIN] = { .name = "drain" },
	[HD_STEP_COMMIT] = { .name = "make permanent",
	    .needs = { "upgrade" },
	    .finds_node = "upgrade" },
	[HD_STEP_DISCARD] = { .name = "discard" },
	[HD_STEP_PRUNE] = { .name = "prune" },
	[HD_STEP_START] = { .name = "start", .needs = { "start" } },
	[HD_STEP_STOP] = { .name = "stop",
	    .needs = { "stop" },
	    .finds_node = "stop" },
	[HD_STEP_HOOK] = { .name = "hook", .bare = true },
	[HD_STEP_COMMAND] = { .name = "run" },
	[HD_STEP_FETCH] = { .name = "fetch" },
	[HD_STEP_SOAK] = { .name = "soak" },
	[HD_STEP_VERIFY] = { .name = "verify" },
	[HD_STEP_RECORD] = { .name = "record", .bare = true },
};
_Static_assert(HD_COUNT(hd_steps) == HD_STEP_KINDS, "a step has no row");

const char *
hd_step_title(const struct hd_step *step)
{
	return step->kind == HD_STEP_HOOK ? hd_hook_rows[step->hook].title
					  : hd_steps[step->kind].name;
}
