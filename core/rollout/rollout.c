#include "core/rollout/rollout.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/index.h"
#include "core/rollout/aside.h"
#include "core/rollout/deploy.h"
#include "core/rollout/findings.h"
#include "core/rollout/fleet.h"
#include "core/rollout/hints.h"
#include "core/rollout/hooks.h"
#include "core/rollout/keepalive.h"
#include "core/rollout/lease.h"
#include "core/rollout/lock.h"
#include "core/rollout/park.h"
#include "core/rollout/plans.h"
#include "core/rollout/sites.h"
#include "core/rollout/waves.h"

/* HURRY_MS: cmd/signals.c waits only a little longer. */
enum { HURRY_MS = 1000 };

/* The end of a run: gives back all locks. */
struct ending {
	struct hd_site *sites;
	int64_t stop_by; /* if a person insists */
};

static void
give_back(void *ctx, size_t i)
{
	const struct ending *e = ctx;
	int64_t until = hd_clock_ms() + HD_LEASE_RELEASE_MS;

	hd_lease_release(
	    &e->sites[i], hd_cancel_insisted() ? e->stop_by : until);
	hd_site_rest(&e->sites[i]);
}

static bool
changes_hosts(const struct hd_run *run)
{
	return !run->dry_run && hd_goals[run->goal.kind].changes_host;
}

/* False if another run has locked one of the hosts. look: see hd_lock_all(). */
static bool
lock_all(struct hd_plans *p, bool look)
{
	if (hd_lock_all(p->run, p->sites, look))
		return true;
	for (size_t i = 0; i < p->run->nhosts; i++) {
		if (p->sites[i].status == HD_STATUS_OK)
			hd_site_skip(&p->sites[i], HD_OK,
			    "another host could not be locked");
	}
	return false;
}

/* Reports what a person must know before the plans are applied. */
static void
report_findings(struct hd_plans *p)
{
	const struct hd_goal_row *row = &hd_goals[p->run->goal.kind];

	if (!row->writes && !row->in_waves)
		return;
	for (size_t i = 0; i < p->run->nhosts; i++) {
		struct hd_site *s = &p->sites[i];

		if (s->before == NULL || s->result == HD_RES_UNREACHABLE ||
		    s->result == HD_RES_ASIDE)
			continue;
		hd_proof_emit(s, &s->goal, false);
		hd_findings_emit(s, &s->goal, false);
		if (p->run->dry_run)
			hd_preview_emit(s);
	}
}

/* Before a goal that is `confirmed` changes anything. False after a no. */
static bool
confirm(struct hd_plans *p)
{
	HD_AUTO_STR question = HD_STR_INIT(256);

	if (p->run->dry_run || p->run->yes || p->nwanted == 0)
		return true;
	hd_str_addf(&question, "%s %zu of %zu host%s?",
	    hd_goals[p->run->goal.kind].name, p->nwanted, p->run->nhosts,
	    p->run->nhosts == 1 ? "" : "s");
	if (p->run->ask(p->run->ask_ctx, question.ptr))
		return true;
	for (size_t i = 0; i < p->nwanted; i++)
		hd_site_skip(p->wanted[i], HD_ECANCELED, "not confirmed");
	return false;
}

/* Waits for operations of a run that was killed: only with the lock of their
 * hosts is the end certain. */
static bool
await_operations(struct hd_plans *p)
{
	bool any = false;

	for (size_t i = 0; i < p->run->nhosts; i++) {
		struct hd_site *s = &p->sites[i];
		bool runs = s->before != NULL && s->before->unfinished != NULL;

		any = any || runs;
		s->plan.verdict = runs ? HD_PLAN_STEPS : HD_PLAN_NOTHING;
	}
	if (!any || !changes_hosts(p->run))
		return true;
	if (!lock_all(p, false))
		return false;
	hd_sites_look(p->run, p->sites);
	return true;
}

/* Locks the hosts with steps, after a yes. Hosts can be set aside even then. */
static bool
lock_wanted(struct hd_plans *p)
{
	size_t before = hd_aside_left(p->run), n = 0;

	if (!lock_all(p, false) || !hd_aside_judge(p->run, p->sites))
		return false;
	for (size_t i = 0; i < p->nwanted; i++)
		if (p->wanted[i]->result != HD_RES_ASIDE)
			p->wanted[n++] = p->wanted[i];
	p->nwanted = n;
	if (hd_aside_left(p->run) < before)
		hd_aside_tell(p->run);
	return true;
}

/* Locks and plans. A goal that is `confirmed` locks only hosts with steps;
 * hd_waves_run() plans again under the lock. */
static bool
prepare(struct hd_plans *p)
{
	bool confirmed = hd_goals[p->run->goal.kind].confirmed;
	bool changes = changes_hosts(p->run), go;

	if (changes)
		hd_emit_phase(p->run->sink, "plan", p->run->nhosts,
		    "lock the hosts and plan");
	if (!changes || confirmed)
		hd_sites_look(p->run, p->sites);
	else if (!lock_all(p, true))
		return false;
	if (confirmed && !await_operations(p))
		return false;
	go = hd_plans_make(p);
	report_findings(p);
	if (!go || !confirmed)
		return go;
	return confirm(p) && (!changes || lock_wanted(p));
}

static void
add_seen(struct hd_plans *p, struct hd_index *known, struct hd_strs *versions,
    const char *version)
{
	if ((*hd_index_at(known, &p->arena, version))++ == 0)
		*HD_PUSH(&p->arena, versions) = version;
}

/* A version that the run has shipped is not among the facts. */
static void
tell_versions(struct hd_plans *p)
{
	const struct hd_artifact *a = p->run->goal.artifact;
	struct hd_strs versions = { 0 };
	struct hd_index known = { 0 };

	for (size_t i = 0; i < p->run->nhosts; i++)
		if (a != NULL && p->sites[i].result == HD_RES_OK)
			add_seen(p, &known, &versions, a->version);
	for (size_t i = 0; i < p->run->nhosts; i++) {
		const struct hd_facts *facts = p->sites[i].before;

		for (size_t k = 0; facts != NULL && k < facts->newest.n; k++)
			add_seen(p, &known, &versions, facts->newest.v[k]);
	}
	if (versions.n > 0)
		p->run->seen(p->run->seen_ctx, &versions);
}

static void
apply_plans(struct hd_plans *p)
{
	if (p->run->goal.kind == HD_GOAL_DEPLOY)
		hd_deploy_run(p->run, p->sites);
	else
		hd_waves_run(p->run, p->run->goal.kind, p->wanted, p->nwanted);
}

enum hd_status
hd_rollout(const struct hd_run *run)
{
	HD_AUTO_FREE struct hd_site **wanted =
	    hd_alloc((run->nhosts + 1) * sizeof(struct hd_site *));
	struct hd_plans p = {
		.run = run, .sites = hd_sites_new(run), .wanted = wanted
	};
	struct hd_keepalive *keepalive;
	enum hd_status status = HD_STATUS_OK;

	keepalive =
	    changes_hosts(run) ? hd_keepalive_begin(run, p.sites) : NULL;
	if (prepare(&p))
		apply_plans(&p);
	if (changes_hosts(run))
		hd_emit(run->sink,
		    (struct hd_event){ .kind = HD_EV_PHASE, .name = "end" });
	if (run->goal.kind != HD_GOAL_STATUS)
		hd_hint_unreached(run, p.sites);
	hd_hint_rollback(run, p.sites);
	hd_hint_aside(run, p.sites);
	hd_hooks_failure(run, p.sites);
	hd_keepalive_end(keepalive);
	hd_fleet_run(run->nhosts, run->parallel, give_back,
	    &(struct ending){ p.sites, hd_clock_ms() + HURRY_MS });
	if (run->seen != NULL)
		tell_versions(&p);
	if (run->save != NULL)
		status = hd_sites_save(run, p.sites);
	status = hd_sites_conclude(run, p.sites, status);
	hd_sites_free(run, p.sites);
	hd_arena_done(&p.arena);
	return status;
}
