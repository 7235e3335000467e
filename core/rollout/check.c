#include "core/rollout/check.h"

#include "core/plan/examine.h"
#include "core/rollout/findings.h"
#include "core/rollout/health.h"
#include "core/rollout/running.h"
#include "core/rollout/sites.h"

#include <string.h>

static bool
reached(const struct hd_site *s)
{
	return s->before != NULL && s->status == HD_STATUS_OK;
}

/* Whether only a push would bring the version to this host. */
static bool
lacks(const struct hd_site *s, const char *version)
{
	const char *running;

	if (!reached(s) || version == NULL)
		return false;
	running = hd_facts_running(s->before);
	return hd_facts_record(s->before, version) == NULL &&
	       (running == NULL || strcmp(running, version) != 0);
}

/* The change that is checked. */
static struct hd_goal
change_of(const struct hd_site *s, const struct hd_artifact *a)
{
	struct hd_goal goal = s->run->goal;

	goal.kind = a != NULL ? HD_GOAL_DEPLOY : HD_GOAL_UPGRADE;
	goal.artifact = a;
	return goal;
}

/* Reads the facts again that depend on the release. */
static void
look_again(struct hd_site *s)
{
	if (s->goal.artifact != NULL)
		hd_sites_look_at(s);
}

/* Aims each host at its change to the version. */
static void
aim(const struct hd_run *run, struct hd_site *sites, hd_release_fn *release,
    void *ctx)
{
	const char *version = run->goal.version;
	HD_AUTO_ARENA arena = { 0 };
	struct hd_running_versions running = { 0 };
	const struct hd_artifact *a = NULL;
	size_t lacking = 0;

	for (size_t i = 0; i < run->nhosts; i++)
		lacking += lacks(&sites[i], version);
	if (lacking > 0 && release != NULL) {
		hd_running_list(run, sites, &arena, &running);
		if (run->into != NULL)
			hd_running_fetch(run, sites, &arena, &running);
		a = release(ctx, &running);
	}
	for (size_t i = 0; i < run->nhosts; i++) {
		struct hd_site *s = &sites[i];

		if (reached(s))
			s->goal = change_of(s, lacks(s, version) ? a : NULL);
	}
	if (a != NULL)
		hd_sites_each(run, sites, look_again);
}

/* The refusal of the plan, unless a finding or the verdict already reported it.
 */
static void
judge(struct hd_site *s)
{
	bool refused = s->plan.verdict == HD_PLAN_REFUSED;
	bool reported =
	    s->reason_found || strcmp(s->plan.reason, s->proof.why) == 0;

	if (refused || s->stops > 0)
		hd_site_end(s, HD_RES_REFUSED, HD_OK,
		    refused && !reported ? s->plan.reason : "");
	else if (s->plan.verdict == HD_PLAN_NOTHING)
		hd_site_end(s, HD_RES_OK, HD_OK, s->plan.reason);
}

/* Without a version: the state of the host. Only findings can stop it. */
static void
look_around(struct hd_site *s)
{
	HD_AUTO_STR why = HD_STR_INIT(sizeof(s->text));

	bool stopped = s->stops > 0 || s->before->refusal != NULL;

	(void)hd_examine(s->run->app, s->host, s->before, &why);
	hd_site_end(s, stopped ? HD_RES_REFUSED : HD_RES_OK, HD_OK, why.ptr);
}

static void
check(struct hd_site *s)
{
	const char *version = s->run->goal.version;

	if (!reached(s))
		return;
	/* the operation of another run, which `locked` reports */
	if (s->before->lock != NULL)
		s->before->unfinished = NULL;
	if (version == NULL) {
		hd_findings_emit(s, &s->goal, true);
		look_around(s);
		return;
	}
	hd_plan_make(&s->plan, s->run->app, s->host, &s->goal, s->before);
	hd_findings_emit(s, &s->goal, true);
	hd_proof_emit(s, &s->goal, true);
	hd_preview_emit(s);
	judge(s);
}

enum hd_status
hd_check(const struct hd_run *run, hd_release_fn *release, void *ctx)
{
	struct hd_site *sites = hd_sites_new(run);
	enum hd_status status = HD_STATUS_OK;

	hd_sites_look(run, sites);
	if (run->goal.version != NULL) {
		aim(run, sites, release, ctx);
		hd_health_before(run, sites);
	}
	for (size_t i = 0; i < run->nhosts; i++)
		check(&sites[i]);
	if (run->save != NULL)
		status = hd_sites_save(run, sites);
	status = hd_sites_conclude(run, sites, status);
	hd_sites_free(run, sites);
	return status;
}
