#include "core/plan/drift.h"

#include <string.h>

const char *const hd_weight_names[HD_WEIGHTS] = {
	[HD_WEIGHT_NOTE] = "note",
	[HD_WEIGHT_WARN] = "warn",
	[HD_WEIGHT_STOP] = "stop",
};

/* Drift: status shows it, too. `mends`: repair does. */
#define DRIFT(name_, weight_, mends, tell)                                     \
	{                                                                      \
		{ .name = name_,                                               \
			.weight = HD_WEIGHT_##weight_,                         \
			.drift = true,                                         \
			.repair = mends },                                     \
		    hd_tell_##tell                                             \
	}

/* One row each, with the function that looks for it. Those without .always are
 * also in hd_finding_names. */
static const struct {
	struct hd_finding one;
	hd_tell *tell;
} rows[] = {
	{ { .name = "host-refused", .weight = HD_WEIGHT_STOP, .always = true },
	    hd_tell_refusal },
	{ { .name = "tool-missing", .weight = HD_WEIGHT_STOP, .always = true },
	    hd_tell_tools },
	{ { .name = "operation-running",
	      .weight = HD_WEIGHT_STOP,
	      .always = true },
	    hd_tell_operation },
	{ { .name = "locked", .weight = HD_WEIGHT_NOTE }, hd_tell_lock },

	{ { .name = "machine-foreign", .weight = HD_WEIGHT_STOP },
	    hd_tell_machine },
	{ { .name = "loader-missing", .weight = HD_WEIGHT_STOP },
	    hd_tell_loader },
	{ { .name = "glibc-too-old", .weight = HD_WEIGHT_STOP },
	    hd_tell_glibc },
	{ { .name = "glibcxx-too-old", .weight = HD_WEIGHT_STOP },
	    hd_tell_glibcxx },
	{ { .name = "library-missing", .weight = HD_WEIGHT_STOP },
	    hd_tell_library },
	{ { .name = "library-optional", .weight = HD_WEIGHT_WARN },
	    hd_tell_library_optional },

	{ { .name = "disk-full", .weight = HD_WEIGHT_STOP }, hd_tell_disk },
	{ { .name = "inodes-full", .weight = HD_WEIGHT_STOP }, hd_tell_inodes },
	{ { .name = "mount-noexec", .weight = HD_WEIGHT_STOP },
	    hd_tell_noexec },
	{ { .name = "mount-network", .weight = HD_WEIGHT_WARN }, hd_tell_nfs },

	{ { .name = "logout-ends-node", .weight = HD_WEIGHT_STOP },
	    hd_tell_logout_node },
	{ { .name = "logout-ends-runs", .weight = HD_WEIGHT_WARN },
	    hd_tell_logout_runs },
	{ { .name = "forwarding-forbidden", .weight = HD_WEIGHT_STOP },
	    hd_tell_tunnel },
	{ { .name = "clock-off", .weight = HD_WEIGHT_WARN }, hd_tell_clock },
	{ { .name = "selinux-enforcing", .weight = HD_WEIGHT_NOTE },
	    hd_tell_selinux },
	{ { .name = "sudo-terminal", .weight = HD_WEIGHT_NOTE }, hd_tell_pty },

	{ { .name = "node-tls", .weight = HD_WEIGHT_STOP }, hd_tell_tls },
	{ { .name = "node-nameless", .weight = HD_WEIGHT_WARN },
	    hd_tell_nameless },
	{ { .name = "node-unknown-to-epmd", .weight = HD_WEIGHT_WARN },
	    hd_tell_epmd },
	{ { .name = "name-unresolved", .weight = HD_WEIGHT_WARN },
	    hd_tell_unresolved },
	{ { .name = "env-lost", .weight = HD_WEIGHT_STOP }, hd_tell_env_lost },
	{ { .name = "env-unset", .weight = HD_WEIGHT_WARN },
	    hd_tell_env_unset },
	{ { .name = "limits-outdated", .weight = HD_WEIGHT_WARN },
	    hd_tell_limits_old },
	{ { .name = "limits-lower", .weight = HD_WEIGHT_WARN },
	    hd_tell_limits_low },

	/* the worst first */
	DRIFT("boot-file", WARN, true, boot_file),
	DRIFT("boot-pointers", WARN, true, boot_pointers),
	DRIFT("reboot-version", WARN, true, reboot),
	DRIFT("start-pinned", WARN, false, pinned),
	DRIFT("unit-start", WARN, false, unit),
	DRIFT("heart-command", WARN, false, heart),
	DRIFT("list-gone", WARN, true, list_gone),
	DRIFT("list-garbage", WARN, true, list_garbage),
	DRIFT("list-short", WARN, true, list_short),
	DRIFT("list-unread", WARN, true, list_unread),
	DRIFT("release-gone", WARN, true, release_gone),
	DRIFT("library-gone", WARN, true, library_gone),
	DRIFT("runtime-gone", WARN, true, runtime_gone),
	DRIFT("script-gone", WARN, true, script_gone),
	DRIFT("files-gone", WARN, true, files_gone),
	DRIFT("files-changed", WARN, true, files_changed),
	DRIFT("loose-files", WARN, true, loose_files),
	DRIFT("loaded-code", WARN, false, loaded_code),
	DRIFT("leftover-config", WARN, true, aside),
	DRIFT("manifest-gone", WARN, true, manifest_gone),
	DRIFT("manifest-damaged", WARN, true, manifest_damaged),
	DRIFT("record-gone", WARN, false, record_gone),
	DRIFT("tarball-gone", WARN, false, tarball_gone),
	DRIFT("tarball-damaged", WARN, false, tarball_damaged),
	DRIFT("owner", WARN, true, owner),
	DRIFT("files-unread", NOTE, false, files_unread),
	DRIFT("leftover-upload", NOTE, true, uploads),
	DRIFT("leftover-scratch", NOTE, true, scratch),
	DRIFT("leftover-unpack", NOTE, true, unpacked),
	DRIFT("leftover-switch", NOTE, true, switched),
	DRIFT("stray-files", NOTE, false, stray),
	DRIFT("unit-disabled", NOTE, false, unit_disabled),
};

bool
hd_finding_row(size_t i, struct hd_finding *out)
{
	if (i >= HD_COUNT(rows))
		return false;
	*out = rows[i].one;
	return true;
}

static bool
ignored(const struct hd_host *host, const struct hd_finding *one)
{
	for (size_t i = 0; i < host->ignore.n; i++)
		if (strcmp(host->ignore.v[i], one->name) == 0)
			return !one->always;
	return false;
}

/* Appends the findings of this weight; drift: only those about drift. */
static void
find(struct hd_findings *out, const struct hd_look *look, enum hd_weight weight,
    bool drift)
{
	struct hd_finding one;

	for (size_t i = 0; hd_finding_row(i, &one); i++) {
		if (one.weight != weight || (drift && !one.drift) ||
		    (one.drift && look->facts->brief) ||
		    ignored(look->host, &one))
			continue;
		one.text = rows[i].tell(look);
		if (one.text != NULL)
			*HD_PUSH(look->arena, out) = one;
	}
}

void
hd_findings(struct hd_findings *out, struct hd_arena *arena,
    const struct hd_app *app, const struct hd_host *host,
    const struct hd_goal *goal, const struct hd_facts *facts)
{
	const struct hd_look look = {
		.arena = arena,
		.app = app,
		.host = host,
		.driver = hd_driver_find(app->driver),
		.goal = goal,
		.facts = facts,
	};

	for (unsigned weight = HD_WEIGHTS; weight-- > 0;)
		find(out, &look, weight, false);
}

void
hd_drift(struct hd_findings *out, struct hd_arena *arena,
    const struct hd_app *app, const struct hd_host *host,
    const struct hd_facts *facts)
{
	const struct hd_goal goal = { .kind = HD_GOAL_STATUS };
	const struct hd_look look = {
		.arena = arena,
		.app = app,
		.host = host,
		.driver = hd_driver_find(app->driver),
		.goal = &goal,
		.facts = facts,
	};

	for (unsigned weight = HD_WEIGHTS; weight-- > 0;)
		find(out, &look, weight, true);
}
