#include "core/rollout/rollout.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/index.h"
#include "core/plan/examine.h"
#include "core/rollout/aside.h"
#include "core/rollout/deploy.h"
#include "core/rollout/findings.h"
#include "core/rollout/fleet.h"
#include "core/rollout/health.h"
#include "core/rollout/hints.h"
#include "core/rollout/hooks.h"
#include "core/rollout/keepalive.h"
#include "core/rollout/lease.h"
#include "core/rollout/lock.h"
#include "core/rollout/park.h"
#include "core/rollout/sites.h"
#include "core/rollout/waves.h"

#include <string.h>

/* The hosts of one run. */
struct fleet {
	const struct hd_run *run;
	struct hd_site *sites;
	struct hd_site **wanted; /* hosts with steps to do */
	size_t nwanted;
	struct hd_arena arena;
	struct hd_index fetched; /* versions */
	int64_t stop_by;         /* for giving back locks if a person insists */
};

/* HURRY_MS: cmd/signals.c waits only a little longer. */
enum { HURRY_MS = 1000 };

static void
give_back(void *ctx, size_t i)
{
	struct fleet *f = ctx;
	int64_t until = hd_clock_ms() + HD_LEASE_RELEASE_MS;

	hd_lease_release(
	    &f->sites[i], hd_cancel_insisted() ? f->stop_by : until);
	hd_site_rest(&f->sites[i]);
}

static bool
changes_hosts(const struct hd_run *run)
{
	return !run->dry_run && hd_goals[run->goal.kind].changes_host;
}

/* False if another run has locked one of the hosts. look: see hd_lock_all(). */
static bool
lock_all(struct fleet *f, bool look)
{
	if (hd_lock_all(f->run, f->sites, look))
		return true;
	for (size_t i = 0; i < f->run->nhosts; i++) {
		if (f->sites[i].status == HD_STATUS_OK)
			hd_site_skip(&f->sites[i], HD_OK,
			    "another host could not be locked");
	}
	return false;
}

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

/* What `status` does with a host, instead of planning. */
static void
examine(struct hd_site *s)
{
	HD_AUTO_STR why = HD_STR_INIT(sizeof(s->text));
	bool fine = hd_examine(s->run->app, s->host, s->before, &why);

	hd_site_end(s, fine ? HD_RES_OK : HD_RES_FAILED, HD_OK, why.ptr);
	hd_drift_emit(s);
}

static void
refuse_duplicate(struct fleet *f, size_t i, size_t other)
{
	struct hd_facts *facts = f->sites[i].before;

	facts->refusal = hd_arena_fmt(&facts->arena,
	    "%s and %s are the same release root: keep one of them in "
	    "deploy.ini",
	    f->sites[i].host->name, f->sites[other].host->name);
}

/* Refuses two hosts of deploy.ini that are the same root: each would undo the
 * change of the other. Every root gets a random id with its first push. */
static void
refuse_duplicates(struct fleet *f)
{
	struct hd_index first = { 0 }, second = { 0 };

	for (size_t i = 0; i < f->run->nhosts; i++) {
		const struct hd_facts *facts = f->sites[i].before;
		const char *id = facts != NULL ? facts->id : NULL;
		size_t *place =
		    id != NULL ? hd_index_at(&first, &f->arena, id) : NULL;

		if (place == NULL)
			continue;
		if (*place == 0) {
			*place = i + 1;
			continue;
		}
		refuse_duplicate(f, i, *place - 1);
		if ((*hd_index_at(&second, &f->arena, id))++ == 0)
			refuse_duplicate(f, *place - 1, i);
	}
}

/* Fetches each version once, from the first host that has it. */
static bool
fetched(struct fleet *f, struct hd_site *s)
{
	if (f->run->goal.kind != HD_GOAL_FETCH ||
	    (*hd_index_at(
		&f->fetched, &f->arena, s->plan.steps[0].version))++ == 0)
		return false;
	hd_site_end(s, HD_RES_UNCHANGED, HD_OK, "another host has the same");
	return true;
}

/* Whether some host has the named version. Not every host existed when it was
 * pushed. */
static bool
some_host_has(const struct fleet *f)
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

static const char *
copy_text(struct fleet *f, const char *text)
{
	return text != NULL ? hd_arena_strdup(&f->arena, text) : NULL;
}

/* The change that a rollback without VERSION and --from takes back; NULL for
 * other goals. A copy, because the facts of a host are read again when its wave
 * begins. */
static const struct hd_past *
newest_change(struct fleet *f)
{
	const struct hd_goal *goal = &f->run->goal;
	const struct hd_past *newest = NULL;
	struct hd_past *copy;

	if (goal->kind != HD_GOAL_ROLLBACK || goal->version != NULL ||
	    goal->from != NULL)
		return NULL;
	for (size_t i = 0; i < f->run->nhosts; i++)
		if (f->sites[i].before != NULL)
			newest = hd_plan_newest(f->sites[i].before, newest);
	if (newest == NULL)
		return NULL;
	copy = hd_arena_alloc(&f->arena, sizeof(*copy));
	*copy = (struct hd_past){ .command = copy_text(f, newest->command),
		.from = copy_text(f, newest->from),
		.to = copy_text(f, newest->to),
		.who = copy_text(f, newest->who),
		.run = copy_text(f, newest->run) };
	return copy;
}

/* True if no host refuses and all were queried, or could be set aside. */
static bool
plan_all(struct fleet *f)
{
	const struct hd_past *newest = newest_change(f);
	bool elsewhere = some_host_has(f);
	bool go;

	refuse_duplicates(f);
	hd_health_before(f->run, f->sites);
	go = hd_aside_judge(f->run, f->sites);
	for (size_t i = 0; i < f->run->nhosts; i++) {
		struct hd_site *s = &f->sites[i];

		if (s->result == HD_RES_ASIDE) {
			tell_aside(s);
			continue;
		}
		if (s->before == NULL || s->status != HD_STATUS_OK) {
			go = false;
			continue;
		}
		if (f->run->goal.kind == HD_GOAL_STATUS) {
			examine(s);
			continue;
		}
		s->goal.elsewhere = elsewhere;
		s->goal.newest = newest;
		plan_one(s);
		if (s->plan.verdict == HD_PLAN_STEPS && !fetched(f, s))
			f->wanted[f->nwanted++] = s;
		go = go && s->plan.verdict != HD_PLAN_REFUSED;
	}
	hd_aside_tell(f->run);
	return go;
}

/* Reports what a person must know before the plans are applied. */
static void
report_findings(struct fleet *f)
{
	const struct hd_goal_row *row = &hd_goals[f->run->goal.kind];

	if (!row->writes && !row->in_waves)
		return;
	for (size_t i = 0; i < f->run->nhosts; i++) {
		struct hd_site *s = &f->sites[i];

		if (s->before == NULL || s->result == HD_RES_UNREACHABLE ||
		    s->result == HD_RES_ASIDE)
			continue;
		hd_proof_emit(s, &s->goal, false);
		hd_findings_emit(s, &s->goal, false);
		if (f->run->dry_run)
			hd_preview_emit(s);
	}
}

/* Before a goal that is `confirmed` changes anything. False after a no. */
static bool
confirm(struct fleet *f)
{
	HD_AUTO_STR question = HD_STR_INIT(256);

	if (f->run->dry_run || f->run->yes || f->nwanted == 0)
		return true;
	hd_str_addf(&question, "%s %zu of %zu host%s?",
	    hd_goals[f->run->goal.kind].name, f->nwanted, f->run->nhosts,
	    f->run->nhosts == 1 ? "" : "s");
	if (f->run->ask(f->run->ask_ctx, question.ptr))
		return true;
	for (size_t i = 0; i < f->nwanted; i++)
		hd_site_skip(f->wanted[i], HD_ECANCELED, "not confirmed");
	return false;
}

/* Waits for operations of a run that was killed: only with the lock of their
 * hosts is the end certain. */
static bool
await_operations(struct fleet *f)
{
	bool any = false;

	for (size_t i = 0; i < f->run->nhosts; i++) {
		struct hd_site *s = &f->sites[i];
		bool runs = s->before != NULL && s->before->unfinished != NULL;

		any = any || runs;
		s->plan.verdict = runs ? HD_PLAN_STEPS : HD_PLAN_NOTHING;
	}
	if (!any || !changes_hosts(f->run))
		return true;
	if (!lock_all(f, false))
		return false;
	hd_sites_look(f->run, f->sites);
	return true;
}

/* Locks the hosts with steps, after a yes. Hosts can be set aside even then. */
static bool
lock_wanted(struct fleet *f)
{
	size_t before = hd_aside_left(f->run), n = 0;

	if (!lock_all(f, false) || !hd_aside_judge(f->run, f->sites))
		return false;
	for (size_t i = 0; i < f->nwanted; i++)
		if (f->wanted[i]->result != HD_RES_ASIDE)
			f->wanted[n++] = f->wanted[i];
	f->nwanted = n;
	if (hd_aside_left(f->run) < before)
		hd_aside_tell(f->run);
	return true;
}

/* Locks and plans. A goal that is `confirmed` locks only hosts with steps;
 * hd_waves_run() plans again under the lock. */
static bool
prepare(struct fleet *f)
{
	bool confirmed = hd_goals[f->run->goal.kind].confirmed;
	bool changes = changes_hosts(f->run), go;

	if (changes)
		hd_emit_phase(f->run->sink, "plan", f->run->nhosts,
		    "lock the hosts and plan");
	if (!changes || confirmed)
		hd_sites_look(f->run, f->sites);
	else if (!lock_all(f, true))
		return false;
	if (confirmed && !await_operations(f))
		return false;
	go = plan_all(f);
	report_findings(f);
	if (!go || !confirmed)
		return go;
	return confirm(f) && (!changes || lock_wanted(f));
}

static void
add_seen(struct fleet *f, struct hd_index *known, struct hd_strs *versions,
    const char *version)
{
	if ((*hd_index_at(known, &f->arena, version))++ == 0)
		*HD_PUSH(&f->arena, versions) = version;
}

/* A version that the run has shipped is not among the facts. */
static void
tell_versions(struct fleet *f)
{
	const struct hd_artifact *a = f->run->goal.artifact;
	struct hd_strs versions = { 0 };
	struct hd_index known = { 0 };

	for (size_t i = 0; i < f->run->nhosts; i++)
		if (a != NULL && f->sites[i].result == HD_RES_OK)
			add_seen(f, &known, &versions, a->version);
	for (size_t i = 0; i < f->run->nhosts; i++) {
		const struct hd_facts *facts = f->sites[i].before;

		for (size_t k = 0; facts != NULL && k < facts->newest.n; k++)
			add_seen(f, &known, &versions, facts->newest.v[k]);
	}
	if (versions.n > 0)
		f->run->seen(f->run->seen_ctx, &versions);
}

static void
apply_plans(struct fleet *f)
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
	struct hd_keepalive *keepalive;
	enum hd_status status = HD_STATUS_OK;

	keepalive =
	    changes_hosts(run) ? hd_keepalive_begin(run, f.sites) : NULL;
	if (prepare(&f))
		apply_plans(&f);
	if (changes_hosts(run))
		hd_emit(run->sink,
		    (struct hd_event){ .kind = HD_EV_PHASE, .name = "end" });
	if (run->goal.kind != HD_GOAL_STATUS)
		hd_hint_unreached(run, f.sites);
	hd_hint_rollback(run, f.sites);
	hd_hint_aside(run, f.sites);
	hd_hooks_failure(run, f.sites);
	hd_keepalive_end(keepalive);
	f.stop_by = hd_clock_ms() + HURRY_MS;
	hd_fleet_run(run->nhosts, run->parallel, give_back, &f);
	if (run->seen != NULL)
		tell_versions(&f);
	if (run->save != NULL)
		status = hd_sites_save(run, f.sites);
	status = hd_sites_conclude(run, f.sites, status);
	hd_sites_free(run, f.sites);
	hd_arena_done(&f.arena);
	return status;
}
