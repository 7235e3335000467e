#include "core/rollout/step.h"

#include "core/base/clock.h"

#include <stddef.h>

enum { SHORT_MS = 60 * 1000 };

/* Most steps are one operation: its script, and which of the host's timeouts
 * bounds it. The others have a function. */
static const struct row {
	const char *script;
	size_t timeout; /* offset in struct hd_host, 0: SHORT_MS */
	hd_step_fn *run;
	bool harmless;
} table[HD_STEP_KINDS] = {
	[HD_STEP_SHIP] = { .run = hd_step_ship, .harmless = true },
	[HD_STEP_PLACE] = { "place", offsetof(struct hd_host, upgrade_timeout),
	    NULL, false },
	[HD_STEP_SNAPSHOT] = { "snapshot", 0, NULL, true },
	[HD_STEP_UNPACK] = { "unpack",
	    offsetof(struct hd_host, upgrade_timeout), NULL, false },
	[HD_STEP_INSTALL] = { "install",
	    offsetof(struct hd_host, upgrade_timeout), NULL, false },
	[HD_STEP_COMMIT] = { "commit",
	    offsetof(struct hd_host, upgrade_timeout), NULL, false },
	[HD_STEP_DISCARD] = { "discard",
	    offsetof(struct hd_host, upgrade_timeout), NULL, false },
	[HD_STEP_START] = { "start", offsetof(struct hd_host, start_timeout),
	    NULL, false },
	[HD_STEP_STOP] = { "stop", offsetof(struct hd_host, stop_timeout), NULL,
	    false },
	[HD_STEP_COMMAND] = { .run = hd_step_command },
	[HD_STEP_FETCH] = { .run = hd_step_fetch, .harmless = true },
	[HD_STEP_VERIFY] = { .run = hd_step_verify_run },
	[HD_STEP_RECORD] = { .run = hd_step_record },
};

bool
hd_step_harmless(enum hd_step_kind kind)
{
	return table[kind].harmless;
}

static unsigned
timeout(const struct hd_host *host, const struct row *r)
{
	if (r->timeout == 0)
		return SHORT_MS;
	return *(
	    const unsigned *)(const void *)((const char *)host + r->timeout);
}

static int
operate(
    const struct hd_course *c, const struct hd_step *step, struct hd_err *err)
{
	const struct row *r = &table[step->kind];
	struct hd_call call =
	    hd_site_call(c->site, r->script, timeout(c->site->host, r));

	call.args[0] = step->version != NULL ? step->version : "-";
	call.args[1] = c->site->change;
	return hd_site_operate(c->site, hd_step_names[step->kind], &call, err);
}

int
hd_step_run(
    const struct hd_course *c, const struct hd_step *step, struct hd_err *err)
{
	hd_step_fn *run = table[step->kind].run;
	int64_t began = hd_clock_ms();
	struct hd_event ev = {
		.kind = HD_EV_STEP,
		.host = c->site->host->name,
		.step = hd_step_names[step->kind],
		.after = step->version,
		.result = HD_STEP_BEGIN,
	};
	int rc;

	hd_emit(c->site->run->sink, ev);
	rc = (run != NULL ? run : operate)(c, step, err);
	ev.ms = hd_clock_ms() - began;
	ev.result = rc == 0 ? HD_STEP_OK : HD_STEP_FAILED;
	ev.text = rc == 0 ? NULL : err->msg;
	hd_emit(c->site->run->sink, ev);
	if (rc < 0)
		hd_err_prefix(err, "%s%s%s", hd_step_names[step->kind],
		    step->version != NULL ? " " : "",
		    step->version != NULL ? step->version : "");
	return rc;
}
