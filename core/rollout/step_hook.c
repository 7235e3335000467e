/* What deploy.ini wants done on every host at this point. */
#include "core/rollout/hook.h"
#include "core/rollout/step.h"

/* Of those that come after; where it matters, what came before went well. */
static const char *const results[HD_HOOKS] = {
	[HD_HOOK_AFTER_PUSH] = "ok",
	[HD_HOOK_AFTER_UPGRADE] = "ok",
	[HD_HOOK_AFTER_STOP] = "ok",
	[HD_HOOK_AFTER_ROLLBACK] = "ok",
};

int
hd_step_hook(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	struct hd_site *s = a->site;
	const struct hd_hooks *hooks = &s->host->hooks;
	const struct hd_hook_context o = {
		.version = step->version,
		.previous = hd_plan_leaves(a->plan),
		.hosts = s->peers,
		.result = results[step->hook],
	};

	for (size_t i = 0; i < hooks->n; i++) {
		const struct hd_hook *hook = &hooks->v[i];

		if (hook->name == step->hook && hook->place == HD_HOOK_REMOTE &&
		    hd_hook_there(s, hook, &o, err) < 0)
			return -1;
	}
	return 0;
}
