/* One line of history, and the mark of a version that passed its checks. */
#include "core/rollout/step.h"

#include "core/base/clock.h"
#include "core/base/json.h"

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

static void
compose(
    const struct hd_course *c, const struct hd_step *step, struct hd_str *line)
{
	struct hd_json *o = hd_json_new();
	char stamp[32];

	hd_clock_stamp(stamp);
	hd_json_text(o, "id", c->site->change);
	hd_json_text(o, "time", stamp);
	hd_json_text(o, "who", c->site->run->who);
	hd_json_text(o, "command", c->command);
	hd_json_text(o, "from", c->site->plan.back);
	hd_json_text(o, "to", step->version);
	hd_json_text(o, "result", c->result);
	if (c->site->graded)
		hd_json_text(o, "hot", hd_grade_names[c->site->grade]);
	hd_json_text(o, "undoes", c->plan->undoes);
	hd_json_dump(o, line);
	hd_json_free(o);
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
