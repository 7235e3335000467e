#include "core/rollout/plans.h"

#include "core/rollout/aside.h"
#include "core/rollout/examine.h"
#include "core/rollout/findings.h"
#include "core/rollout/health.h"

static void
plan_one(struct hd_site *s)
{
	static const enum hd_result results[] = {
		[HD_PLAN_STEPS] = HD_RES_PLANNED,
		[HD_PLAN_NOTHING] = HD_RES_UNCHANGED,
		[HD_PLAN_REFUSED] = HD_RES_REFUSED,
	};
	HD_AUTO_STR text = HD_STR_INIT(2048);

	hd_plan_make(&s->plan, s->run->app, s->host, &s->goal, s->before);
	if (s->plan.verdict == HD_PLAN_STEPS)
		hd_plan_describe(&s->plan, &text);
	else
		hd_str_add(&text, s->plan.reason);
	hd_site_end(s, results[s->plan.verdict], HD_OK, s->plan.reason);
	hd_emit(s->run->sink, (struct hd_event){ .kind = HD_EV_PLAN,
				  .host = s->host->name,
				  .before = s->plan.before,
				  .after = s->plan.after,
				  .result = hd_results[s->result].name,
				  .text = text.ptr });
}

/* A host that was set aside has no plan. */
static void
tell_aside(const struct hd_site *s)
{
	hd_emit(s->run->sink, (struct hd_event){ .kind = HD_EV_PLAN,
				  .host = s->host->name,
				  .result = hd_results[s->result].name,
				  .text = s->text });
}

/* Fetches each version once, from the first host that has it. */
static bool
fetched(struct hd_plans *p, struct hd_site *s)
{
	if (p->run->goal.kind != HD_GOAL_FETCH ||
	    (*hd_index_at(
		&p->fetched, &p->arena, s->plan.steps[0].version))++ == 0)
		return false;
	hd_site_end(s, HD_RES_UNCHANGED, HD_OK, "another host has the same");
	return true;
}

/* Whether some host has the named version. Not every host existed when it was
 * pushed. */
static bool
some_host_has(const struct hd_plans *p)
{
	const struct hd_goal *goal = &p->run->goal;
	bool kept = false;

	if (goal->kind != HD_GOAL_FETCH || goal->version == NULL)
		return false;
	for (size_t i = 0; i < p->run->nhosts; i++)
		kept = kept ||
		       (p->sites[i].before != NULL &&
			   hd_plan_kept(p->sites[i].before, goal->version));
	return kept;
}

static const char *
copy_text(struct hd_plans *p, const char *text)
{
	return text != NULL ? hd_arena_strdup(&p->arena, text) : NULL;
}

/* The change that a rollback without VERSION and --from takes back; NULL for
 * other goals. A copy, because the facts of a host are read again when its wave
 * begins. */
static const struct hd_past *
newest_change(struct hd_plans *p)
{
	const struct hd_goal *goal = &p->run->goal;
	const struct hd_past *newest = NULL;
	struct hd_past *copy;

	if (goal->kind != HD_GOAL_ROLLBACK || goal->version != NULL ||
	    goal->from != NULL)
		return NULL;
	for (size_t i = 0; i < p->run->nhosts; i++)
		if (p->sites[i].before != NULL)
			newest = hd_plan_newest(p->sites[i].before, newest);
	if (newest == NULL)
		return NULL;
	copy = hd_arena_alloc(&p->arena, sizeof(*copy));
	*copy = (struct hd_past){ .command = copy_text(p, newest->command),
		.from = copy_text(p, newest->from),
		.to = copy_text(p, newest->to),
		.who = copy_text(p, newest->who),
		.run = copy_text(p, newest->run) };
	return copy;
}

bool
hd_plans_make(struct hd_plans *p)
{
	const struct hd_past *newest = newest_change(p);
	bool elsewhere = some_host_has(p);
	bool go;

	hd_sites_refuse_duplicates(p->run, p->sites);
	hd_health_before(p->run, p->sites);
	go = hd_aside_judge(p->run, p->sites);
	for (size_t i = 0; i < p->run->nhosts; i++) {
		struct hd_site *s = &p->sites[i];

		if (s->result == HD_RES_ASIDE) {
			tell_aside(s);
			continue;
		}
		if (s->before == NULL || s->status != HD_STATUS_OK) {
			go = false;
			continue;
		}
		if (p->run->goal.kind == HD_GOAL_STATUS) {
			hd_site_examine(s);
			hd_drift_emit(s);
			continue;
		}
		s->goal.elsewhere = elsewhere;
		s->goal.newest = newest;
		plan_one(s);
		if (s->plan.verdict == HD_PLAN_STEPS && !fetched(p, s))
			p->wanted[p->nwanted++] = s;
		go = go && s->plan.verdict != HD_PLAN_REFUSED;
	}
	hd_aside_tell(p->run);
	return go;
}
