/* Asks the node whether a hot install would succeed, before it starts:
 * afterwards there may be no way back. */
#include "core/rollout/step.h"

#include "core/inventory/advice.h"
#include "core/rollout/operate.h"

enum { CHECK_MS = 90 * 1000 };

/* Only on the way forward: an undo decides by itself whether to go cold. */
static void
advise_cold(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	HD_AUTO_ARENA words = { 0 };
	const struct hd_goal *goal = &a->site->goal;
	const char *version =
	    goal->kind == HD_GOAL_UPGRADE || goal->kind == HD_GOAL_DEPLOY
		? step->version
		: "";
	const char *command =
	    version[0] != '\0' ? "upgrade" : hd_goals[goal->kind].name;
	const struct hd_err why = *err;

	hd_err_set(err, HD_EREFUSED,
	    "%.700s; `%s` makes the change by stop and start", why.msg,
	    hd_advice(&words, a->site->host, command,
		hd_arena_fmt(&words, "%s%s--cold", version,
		    version[0] != '\0' ? " " : "")));
}

int
hd_step_check(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	const bool warn =
	    a->back || a->site->host->unsupervised == HD_UNSUPERVISED_WARN;
	struct hd_call call = hd_site_call(a->site, "check", CHECK_MS);

	hd_call_set(&call, "version", step->version);
	hd_call_set(&call, "unsupervised", warn ? "warn" : "refuse");
	if (hd_site_operate(
		a->site, hd_steps[HD_STEP_CHECK].name, &call, err) == 0)
		return 0;
	if (a->site->cold_helps && !a->back)
		advise_cold(a, step, err);
	return -1;
}
