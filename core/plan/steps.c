/* The tables of steps and of hooks. */
#include "core/plan/plan_private.h"

#include <string.h>

/* An install may have to be undone, so it also needs the commands for that. */
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
	[HD_STEP_CONFIRM] = { .name = "connect anew", .bare = true },
	[HD_STEP_COMMIT] = { .name = "make permanent",
	    .needs = { "upgrade" },
	    .finds_node = "upgrade" },
	[HD_STEP_DISCARD] = { .name = "discard" },
	[HD_STEP_PRUNE] = { .name = "prune" },
	[HD_STEP_RESTORE] = { .name = "restore files" },
	[HD_STEP_LIST] = { .name = "complete RELEASES" },
	[HD_STEP_BOOT_FILE] = { .name = "write start_erl.data" },
	[HD_STEP_TIDY] = { .name = "remove leftovers", .bare = true },
	[HD_STEP_OWN] = { .name = "change owners", .bare = true },
	[HD_STEP_REPAIRED] = { .name = "look again", .bare = true },
	[HD_STEP_START] = { .name = "start", .needs = { "start" } },
	[HD_STEP_STOP] = { .name = "stop",
	    .needs = { "stop" },
	    .finds_node = "stop" },
	[HD_STEP_RESTART] = { .name = "restart", .needs = { "start", "stop" } },
	[HD_STEP_RELOAD] = { .name = "reload", .needs = { "reload" } },
	[HD_STEP_HOOK] = { .name = "hook", .bare = true },
	[HD_STEP_COMMAND] = { .name = "run" },
	[HD_STEP_FETCH] = { .name = "fetch" },
	[HD_STEP_SOAK] = { .name = "soak" },
	[HD_STEP_VERIFY] = { .name = "verify" },
	[HD_STEP_RECORD] = { .name = "record", .bare = true },
};
_Static_assert(HD_COUNT(hd_steps) == HD_STEP_KINDS, "a step has no row");

/* An after_... hook comes before the history is written: a change that it
 * undoes is not a success. */
const struct hd_hook_row hd_hook_rows[] = {
	[HD_HOOK_BEFORE_PUSH] = { .title = "hook before_push",
	    .side = HD_HOOK_FIRST,
	    .goal = HD_GOAL_PUSH },
	[HD_HOOK_AFTER_PUSH] = { .title = "hook after_push",
	    .side = HD_HOOK_AHEAD,
	    .step = HD_STEP_RECORD,
	    .goal = HD_GOAL_PUSH,
	    .after = true },
	[HD_HOOK_BEFORE_UPGRADE] = { .title = "hook before_upgrade",
	    .side = HD_HOOK_FIRST,
	    .goal = HD_GOAL_UPGRADE },
	[HD_HOOK_BEFORE_WAVE] = { .title = "hook before_wave",
	    .side = HD_HOOK_AROUND },
	[HD_HOOK_BEFORE_HOST] = { .title = "hook before_host",
	    .side = HD_HOOK_AROUND },
	[HD_HOOK_AFTER_HOST] = { .title = "hook after_host",
	    .side = HD_HOOK_AROUND,
	    .after = true },
	[HD_HOOK_AFTER_WAVE] = { .title = "hook after_wave",
	    .side = HD_HOOK_AROUND,
	    .after = true },
	[HD_HOOK_BEFORE_START] = { .title = "hook before_start",
	    .side = HD_HOOK_AHEAD,
	    .step = HD_STEP_START,
	    .goal = HD_GOALS },
	[HD_HOOK_AFTER_STOP] = { .title = "hook after_stop",
	    .side = HD_HOOK_BEHIND,
	    .step = HD_STEP_STOP,
	    .goal = HD_GOALS,
	    .after = true },
	[HD_HOOK_AFTER_UPGRADE] = { .title = "hook after_upgrade",
	    .side = HD_HOOK_AHEAD,
	    .step = HD_STEP_RECORD,
	    .goal = HD_GOAL_UPGRADE,
	    .after = true },
	[HD_HOOK_AFTER_ROLLBACK] = { .title = "hook after_rollback",
	    .side = HD_HOOK_AHEAD,
	    .step = HD_STEP_RECORD,
	    .goal = HD_GOAL_ROLLBACK,
	    .after = true },
	[HD_HOOK_ON_FAILURE] = { .title = "hook on_failure" },
};
_Static_assert(HD_COUNT(hd_hook_rows) == HD_HOOKS, "a hook has no row");

const char *
hd_operation_title(const char *name)
{
	size_t n = strlen(HD_HOOK_OPERATION);
	bool hook = strncmp(name, HD_HOOK_OPERATION, n) == 0;

	for (size_t i = 0; hook && i < HD_HOOKS; i++) {
		if (strcmp(name + n, hd_hook_names[i]) == 0)
			return hd_hook_rows[i].title;
	}
	return name;
}

const char *
hd_step_title(const struct hd_step *step)
{
	return step->kind == HD_STEP_HOOK ? hd_hook_rows[step->hook].title
					  : hd_steps[step->kind].name;
}
