#include "core/plan/finding_private.h"

#include <string.h>

const char *const hd_weight_names[HD_WEIGHTS] = {
	[HD_WEIGHT_NOTE] = "note",
	[HD_WEIGHT_WARN] = "warn",
	[HD_WEIGHT_STOP] = "stop",
};

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

/* Appends the findings of this weight. */
static void
find(struct hd_findings *out, const struct hd_look *look, enum hd_weight weight)
{
	struct hd_finding one;

	for (size_t i = 0; hd_finding_row(i, &one); i++) {
		if (one.weight != weight || ignored(look->host, &one))
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
		find(out, &look, weight);
}
