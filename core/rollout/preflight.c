#include "core/rollout/preflight.h"

#include "core/artifact/needs.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum { NEEDS_MAX = 16 * 1024 };

void
hd_preflight_begin(
    struct hd_preflight *p, const struct hd_site *s, struct hd_call *call)
{
	const struct hd_artifact *a = s->goal.artifact;

	hd_str_init(&p->needs, NEEDS_MAX);
	snprintf(p->now, sizeof(p->now), "%" PRId64, (int64_t)time(NULL));
	hd_call_set(call, "now", p->now);
	hd_str_init(&p->variables, NEEDS_MAX);
	if (a != NULL) {
		hd_needs_list(&p->needs, a);
		hd_needs_variables(&p->variables, a, "");
	}
	if (!p->needs.failed)
		hd_call_set(call, "needs", p->needs.ptr);
	if (!p->variables.failed)
		hd_call_set(call, "variables", p->variables.ptr);
	hd_call_set(call, "goal", a != NULL ? a->version : s->goal.version);
}

void
hd_preflight_done(struct hd_preflight *p)
{
	hd_str_done(&p->needs);
	hd_str_done(&p->variables);
}
