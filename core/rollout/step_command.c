/* Runs the command that `hdeploy run` was given. */
#include "core/rollout/operate.h"
#include "core/rollout/step.h"

int
hd_step_command(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	struct hd_site *s = a->site;
	struct hd_call call = hd_site_call(s, "run", s->host->upgrade_timeout);

	hd_call_set(&call, "command", s->goal.command);
	return hd_site_operate(s, hd_steps[step->kind].name, &call, err);
}
