/* One line of history, and the mark of a version that passed its checks. */
#include "core/rollout/step.h"

#include "core/base/clock.h"

#include <string.h>

enum { LINE_MAX_BYTES = 4096, RECORD_MS = 60 * 1000 };

static bool
verifies(const struct hd_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		if (plan->steps[i].kind == HD_STEP_VERIFY)
			return true;
	}
	return false;
}

static const char *
shipped(const struct hd_site *s)
{
	const struct hd_artifact *a = s->goal.artifact;

	return a != NULL ? a->sha256 : NULL;
}

static void
compose(
    const struct hd_course *c, const struct hd_step *step, struct hd_str *line)
{
	const struct hd_site *s = c->site;
	const struct hd_record *to =
	    step->version != NULL ? hd_facts_record(s->before, step->version)
				  : NULL;
	char stamp[32];

	hd_clock_stamp(stamp);
	hd_past_write(&(struct hd_past){ .id = s->change,
			  .time = stamp,
			  .who = s->run->who,
			  .job = s->run->job,
			  .command = c->command,
			  .from = s->plan.back,
			  .to = step->version,
			  .sha256 = to != NULL ? to->sha256 : shipped(s),
			  .result = c->result,
			  .hot = s->graded ? hd_grade_names[s->grade] : NULL,
			  .undoes = c->plan->undoes,
			  .ms = hd_clock_ms() - s->began },
	    line);
}

int
hd_step_record(
    const struct hd_course *c, const struct hd_step *step, struct hd_err *err)
{
	struct hd_call call = hd_site_call(c->site, "record", RECORD_MS);
	HD_AUTO_STR line = HD_STR_INIT(LINE_MAX_BYTES);
	bool passed = verifies(c->plan) && strcmp(c->result, "ok") == 0;

	compose(c, step, &line);
	if (hd_str_check(&line, err) < 0)
		return -1;
	call.args[0] = step->version != NULL ? step->version : "-";
	call.args[1] = line.ptr;
	call.args[2] = passed ? "yes" : "no";
	return hd_site_operate(
	    c->site, hd_step_names[HD_STEP_RECORD], &call, err);
}
