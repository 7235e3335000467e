#include "core/rollout/partial.h"

#include "core/inventory/advice.h"

static bool
upgraded(const struct hd_site *s)
{
	return s->result == HD_RES_OK && s->begun &&
	       s->goal.kind == HD_GOAL_UPGRADE && s->plan.back != NULL;
}

void
hd_partial_tell(const struct hd_run *run, const struct hd_site *sites)
{
	HD_AUTO_ARENA a = { 0 };
	const char *to = NULL;
	size_t done = 0;
	bool failed = false;

	for (size_t i = 0; i < run->nhosts; i++) {
		const struct hd_site *s = &sites[i];

		failed = failed || (s->result != HD_RES_OK &&
				       s->result != HD_RES_UNCHANGED);
		if (!upgraded(s))
			continue;
		to = hd_plan_brings(&s->plan);
		done++;
	}
	if (!failed || to == NULL || run->command == NULL)
		return;
	hd_emitf(run->sink, HD_EV_ERROR, NULL,
	    "%s reached %zu of %zu hosts: `%s` rolls it back there, and leaves "
	    "the others alone",
	    to, done, run->nhosts,
	    hd_advice_env(&a, run->env, "rollback",
		hd_arena_fmt(&a, "--from %s", to), run->limit));
}
