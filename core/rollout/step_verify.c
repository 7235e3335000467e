/* Compares the facts with the plan, runs the health checks, and compares again:
 * a process that a check crashed shows only afterwards. */
#include "core/rollout/step.h"

#include "core/base/clock.h"
#include "core/plan/config.h"
#include "core/rollout/findings.h"
#include "core/rollout/health.h"
#include "core/rollout/look.h"

#include <stdio.h>

enum { POLL_MS = 1000 };

/* Reports dropped settings once per change: verify runs repeatedly. */
static void
report_dropped(const struct hd_attempt *a, const struct hd_step *step)
{
	HD_AUTO_STR text = HD_STR_INIT(1024);

	if (!step->hot || a->before == NULL || a->back ||
	    a->site->drop_reported)
		return;
	a->site->drop_reported = true;
	hd_config_tell(a->before, &a->site->now->vm, &text);
	if (text.len > 0)
		hd_emitf(a->site->run->sink, HD_EV_NOTE, a->site->host->name,
		    "%s", text.ptr);
}

static int
judge(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	struct hd_expect x = {
		.back = a->back,
		.version = step->version,
		.permanent = step->permanent,
		.booted = step->booted,
		.hot = step->hot,
		.before = a->before,
		.relup = a->plan->relup,
	};
	HD_AUTO_STR why = HD_STR_INIT(768);
	enum hd_actual_mode mode;

	if (!hd_verify(&x, a->site->now, &mode, &why))
		return hd_err_set(err, HD_EREMOTE, "%s", why.ptr);
	report_dropped(a, step);
	return 0;
}

/* A node that starts or reconfigures itself might not answer for a moment. */
static int
look_until_it_answers(struct hd_site *s, struct hd_err *err)
{
	int64_t deadline = hd_clock_ms() + s->host->start_timeout;

	for (;;) {
		if (!s->fresh && hd_site_look(s, err) < 0)
			return -1;
		s->fresh = false;
		if (s->now->vm.state != HD_VM_UNREACHABLE ||
		    hd_clock_left(deadline) == 0 || hd_cancel_insisted())
			return 0;
		hd_clock_wait(POLL_MS);
	}
}

/* A failed health check does not stop the way back. Only the last verify of the
 * way back counts, when the previous version is permanent again. */
static int
ask_health(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	struct hd_site *s = a->site;

	s->sick_now[0] = '\0';
	if (a->back && !step->permanent)
		return 0;
	if (hd_health_ask(s, false, err) == 0)
		return 0;
	if (!a->back || !hd_health_failed(err))
		return -1;
	snprintf(s->sick_now, sizeof(s->sick_now), "%.250s", err->msg);
	*err = (struct hd_err){ 0 };
	return 0;
}

/* The node works. Drift is reported once for each change, at its end: it does
 * not make a healthy change fail. */
static void
report_drift(const struct hd_attempt *a, const struct hd_step *step)
{
	struct hd_site *s = a->site;

	if (!step->permanent || s->drift_reported)
		return;
	s->drift_reported = true;
	hd_drift_note(s);
}

static int
verify(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	struct hd_site *s = a->site;

	if (look_until_it_answers(s, err) < 0 || judge(a, step, err) < 0)
		return -1;
	if (s->host->health.n == 0)
		return 0;
	if (ask_health(a, step, err) < 0)
		return -1;
	if (hd_site_look(s, err) < 0)
		return -1;
	return judge(a, step, err);
}

int
hd_step_verify_run(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	if (verify(a, step, err) < 0)
		return -1;
	report_drift(a, step);
	return 0;
}
