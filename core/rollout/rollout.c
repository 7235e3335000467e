#include "core/rollout/rollout.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/plan/examine.h"
#include "core/rollout/deploy.h"
#include "core/rollout/fleet.h"
#include "core/rollout/health.h"
#include "core/rollout/hooks.h"
#include "core/rollout/lock.h"
#include "core/rollout/sites.h"
#include "core/rollout/waves.h"

#include <string.h>

/* Hosts of one run. */
struct fleet {
	const struct hd_run *run;
	struct hd_site *sites;
	struct hd_site **wanted; /* those with steps to do */
	size_t nwanted;
	int64_t stop_by; /* for whoever insists */
};

/* HURRY_MS: cmd/signals.c does not wait for much longer. */
enum { RELEASE_MS = 5 * 1000, HURRY_MS = 1000 };

static void
give_back(void *ctx, size_t i)
{
	struct fleet *f = ctx;
	int64_t until = hd_clock_ms() + RELEASE_MS;

	hd_lock_release(
	    &f->sites[i], hd_cancel_insisted() ? f->stop_by : until);
}

/* False if another run has one of the hosts: none is even looked at then. */
static bool
lock_all(struct fleet *f)
{
	if (f->run->dry_run || !hd_goal_changes_host[f->run->goal.kind] ||
	    hd_lock_all(f->run, f->sites, f->run->nhosts))
		return true;
	for (size_t i = 0; i < f->run->nhosts; i++) {
		if (f->sites[i].status == HD_STATUS_OK)
			hd_site_skip(&f->sites[i], HD_STATUS_OK,
			    "another host could not be locked");
	}
	return false;
}

static void
plan_one(struct hd_site *s)
{
	static const struct {
		enum hd_result result;
		enum hd_status status;
	} verdicts[] = {
		[HD_PLAN_STEPS] = { HD_RES_PLANNED, HD_STATUS_OK },
		[HD_PLAN_NOTHING] = { HD_RES_UNCHANGED, HD_STATUS_OK },
		[HD_PLAN_REFUSED] = { HD_RES_REFUSED, HD_STATUS_REFUSED },
	};
	HD_AUTO_STR text = HD_STR_INIT(2048);

	hd_plan_make(&s->plan, s->run->app, s->host, &s->goal, s->before);
	if (s->plan.verdict == HD_PLAN_STEPS)
		hd_plan_describe(&s->plan, &text);
	else
		hd_str_add(&text, s->plan.reason);
	hd_site_end(s, verdicts[s->plan.verdict].result,
	    verdicts[s->plan.verdict].status, s->plan.reason);
	hd_emit(s->run->sink, (struct hd_event){ .kind = HD_EV_PLAN,
				  .host = s->host->name,
				  .before = s->plan.before,
				  .after = s->plan.after,
				  .result = hd_result_names[s->result],
				  .text = text.ptr });
}

/* `status` ends here. */
static void
examine(struct hd_site *s)
{
	HD_AUTO_STR why = HD_STR_INIT(sizeof(s->text));
	bool fine = hd_examine(s->host, s->before, &why);

	hd_site_end(s, fine ? HD_RES_OK : HD_RES_FAILED,
	    fine ? HD_STATUS_OK : HD_STATUS_FAILED, why.ptr);
}

/* Two hosts of the inventory that are one root: each would undo what the other
 * does. Every root got a random id with its first push. */
static const char *
other_name(const struct fleet *f, const struct hd_site *s)
{
	for (size_t i = 0; s->before->id != NULL && i < f->run->nhosts; i++) {
		const struct hd_site *o = &f->sites[i];

		if (o != s && o->before != NULL && o->before->id != NULL &&
		    strcmp(o->before->id, s->before->id) == 0)
			return o->host->name;
	}
	return NULL;
}

static void
refuse_twins(struct fleet *f)
{
	for (size_t i = 0; i < f->run->nhosts; i++) {
		struct hd_site *s = &f->sites[i];
		const char *other = s->before ? other_name(f, s) : NULL;

		if (other != NULL)
			s->before->refusal = hd_arena_fmt(&s->before->arena,
			    "%s and %s are the same release root: keep one of "
			    "them in deploy.ini",
			    s->host->name, other);
	}
}

/* A version is fetched once, from the first host that has it. */
static bool
fetched(const struct fleet *f, struct hd_site *s)
{
	for (size_t i = 0; f->run->goal.kind == HD_GOAL_FETCH && i < f->nwanted;
	     i++) {
		const struct hd_site *o = f->wanted[i];

		if (strcmp(o->plan.steps[0].version,
			s->plan.steps[0].version) == 0) {
			hd_site_end(s, HD_RES_UNCHANGED, HD_STATUS_OK,
			    "another host has the same");
			return true;
		}
	}
	return false;
}

/* A named version is to be had if one host has it: not every host of a fleet
 * was there when it was pushed. */
static bool
some_host_kept(const struct fleet *f)
{
	const struct hd_goal *goal = &f->run->goal;
	bool kept = false;

	if (goal->kind != HD_GOAL_FETCH || goal->version == NULL)
		return false;
	for (size_t i = 0; i < f->run->nhosts; i++)
		kept = kept ||
		       (f->sites[i].before != NULL &&
			   hd_plan_kept(f->sites[i].before, goal->version));
	return kept;
}

/* True if every host may go ahead. */
static bool
plan_all(struct fleet *f)
{
	bool elsewhere = some_host_kept(f);
	bool go = true;

	refuse_twins(f);
	hd_health_before(f->run, f->sites);
	for (size_t i = 0; i < f->run->nhosts; i++) {
		struct hd_site *s = &f->sites[i];

		if (s->before == NULL || s->status != HD_STATUS_OK) {
			go = false;
			continue;
		}
		if (f->run->goal.kind == HD_GOAL_STATUS) {
			examine(s);
			continue;
		}
		s->goal.elsewhere = elsewhere;
		plan_one(s);
		if (s->plan.verdict == HD_PLAN_STEPS && !fetched(f, s))
			f->wanted[f->nwanted++] = s;
		go = go && s->plan.verdict != HD_PLAN_REFUSED;
	}
	return go;
}

static void
carry_out(struct fleet *f)
{
	if (f->run->goal.kind == HD_GOAL_DEPLOY)
		hd_deploy_run(f->run, f->sites);
	else
		hd_waves_run(f->run, f->run->goal.kind, f->wanted, f->nwanted);
}

enum hd_status
hd_rollout(const struct hd_run *run)
{
	HD_AUTO_FREE struct hd_site **wanted =
	    hd_alloc((run->nhosts + 1) * sizeof(struct hd_site *));
	struct fleet f = {
		.run = run, .sites = hd_sites_new(run), .wanted = wanted
	};
	enum hd_status status;

	hd_sites_reach(run, f.sites);
	if (lock_all(&f)) {
		hd_sites_look(run, f.sites);
		if (plan_all(&f))
			carry_out(&f);
	}
	hd_hooks_failure(run, f.sites);
	f.stop_by = hd_clock_ms() + HURRY_MS;
	hd_fleet_run(run->nhosts, run->parallel, give_back, &f);
	status = hd_sites_conclude(run, f.sites);
	hd_sites_free(run, f.sites);
	return status;
}
