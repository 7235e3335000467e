/* Writes the line of history and marks a version that passed its checks. */
#include "core/rollout/step.h"

#include "core/base/clock.h"
#include "core/rollout/look.h"
#include "core/rollout/operate.h"

#include <string.h>

enum { RECORD_MS = 60 * 1000 };

static const char *
shipped(const struct hd_site *s)
{
	const struct hd_artifact *a = s->goal.artifact;

	return a != NULL ? a->sha256 : NULL;
}

/* The parts of the line that are known when the change begins. */
static struct hd_past
begun(const struct hd_attempt *a)
{
	const struct hd_site *s = a->site;

	return (struct hd_past){ .id = s->change,
		.who = s->run->who,
		.job = s->run->job,
		.run = s->run->id,
		.command = a->command,
		.from = s->plan.back,
		.undoes = s->plan.undoes };
}

static void
compose(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_str *line)
{
	const struct hd_site *s = a->site;
	const struct hd_record *to =
	    step->version != NULL ? hd_facts_record(s->before, step->version)
				  : NULL;
	struct hd_past past = begun(a);
	enum hd_actual_mode mode;
	char stamp[32];

	hd_clock_stamp(stamp);
	past.time = stamp;
	past.to = step->version;
	past.sha256 = to != NULL ? to->sha256 : shipped(s);
	past.result = a->result;
	past.mode =
	    hd_site_actual_mode(s, &mode) ? hd_actual_mode_names[mode] : NULL;
	past.ms = hd_clock_ms() - s->began;
	hd_past_write(&past, line);
}

/* The mode that the plan intends. */
static const char *
planned_mode(const struct hd_plan *plan)
{
	if (hd_plan_has(plan, HD_STEP_RELOAD))
		return "reload";
	if (hd_plan_has(plan, HD_STEP_START) ||
	    hd_plan_has(plan, HD_STEP_RESTART))
		return "cold";
	return plan->ends != NULL && plan->ends->mode != NULL ? plan->ends->mode
							      : "hot";
}

void
hd_step_journal(const struct hd_attempt *a, struct hd_str *line)
{
	const struct hd_site *s = a->site;
	const struct hd_past *ends = s->plan.ends;
	struct hd_past past = begun(a);
	HD_AUTO_STR vm = HD_STR_INIT(64);

	hd_vm_note(&s->before->vm, &vm);
	past.vm = ends != NULL ? ends->vm : vm.ptr;
	past.sick = ends != NULL      ? ends->sick
		    : s->health_known ? s->sick_before
				      : NULL;
	past.time = s->since;
	past.to = hd_plan_brings(&s->plan);
	past.mode = planned_mode(&s->plan);
	past.going = strcmp(a->result, "ok") == 0 ? "forward" : "back";
	hd_past_write(&past, line);
}

int
hd_step_record_call(struct hd_call *call, const struct hd_attempt *a,
    const struct hd_step *step, struct hd_str *line, struct hd_err *err)
{
	bool passed = hd_plan_has(a->plan, HD_STEP_VERIFY) &&
		      strcmp(a->result, "ok") == 0;

	*call = hd_site_call(a->site, "record", RECORD_MS);
	compose(a, step, line);
	if (hd_str_check(line, err) < 0)
		return -1;
	hd_call_set(call, "line", line->ptr);
	hd_call_set(call, "verified", passed ? step->version : NULL);
	return 0;
}

bool
hd_step_is_last(const struct hd_attempt *a, const struct hd_step *step)
{
	const struct hd_site *s = a->site;

	return !a->back && !s->more && s->host->hooks.n == 0 &&
	       (s->goal.kind == HD_GOAL_PUSH || s->run->nhosts == 1) &&
	       step + 1 == a->plan->steps + a->plan->n;
}

int
hd_step_record(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	HD_AUTO_STR line = HD_STR_INIT(HD_PAST_MAX);
	struct hd_err look = { 0 };
	struct hd_call call;

	if (a->site->recorded) {
		a->site->recorded = false;
		return 0;
	}
	/* no step reads facts after a stop; without them only the mode is
	 * unknown */
	if (a->site->disturbed_since_look)
		(void)!hd_site_look(a->site, &look);
	if (hd_step_record_call(&call, a, step, &line, err) < 0)
		return -1;
	call.release = hd_step_is_last(a, step);
	return hd_site_operate(
	    a->site, hd_steps[HD_STEP_RECORD].name, &call, err);
}
