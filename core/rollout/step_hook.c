/* Runs the hooks of one name that run on every host. */
#include "core/rollout/hook.h"
#include "core/rollout/step.h"

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
		/* after_... hooks run only after a success */
		.result = hd_hook_rows[step->hook].after ? "ok" : NULL,
	};

	for (size_t i = 0; i < hooks->n; i++) {
		const struct hd_hook *hook = &hooks->v[i];

		if (hook->name == step->hook && hook->place == HD_HOOK_REMOTE &&
		    hd_hook_on_host(s, hook, &o, err) < 0)
			return -1;
	}
	return 0;
}
