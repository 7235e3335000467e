#include "core/rollout/deploy.h"

#include "core/base/cancel.h"
#include "core/rollout/fleet.h"
#include "core/rollout/lock.h"
#include "core/rollout/look.h"
#include "core/rollout/park.h"
#include "core/rollout/waves.h"

#include <stdlib.h>

/* A host with steps to do, and the plan that was shown for it. */
struct task {
	struct hd_site *site;
	struct hd_plan shown;
};

struct deploy {
	const struct hd_run *run;
	struct hd_site *sites; /* all of the run */
	struct hd_arena arena; /* of versions that the plans name */
	struct task *tasks;
	size_t n;
	struct hd_site **part; /* the hosts of the next phase */
	size_t nparts;
};

static bool
ships(const struct task *t)
{
	return t->shown.shipping > 0;
}

static bool
changes(const struct task *t)
{
	return t->shown.n > t->shown.shipping;
}

static void
choose(struct deploy *d, bool (*takes_part)(const struct task *))
{
	d->nparts = 0;
	for (size_t i = 0; i < d->n; i++) {
		if (takes_part(&d->tasks[i]))
			d->part[d->nparts++] = d->tasks[i].site;
	}
}

/* Ships to all hosts. Their plans were shown already. */
static void
ship(struct deploy *d)
{
	struct hd_goal goal = d->run->goal;

	goal.kind = HD_GOAL_PUSH;
	choose(d, ships);
	for (size_t i = 0; i < d->n; i++) {
		struct hd_site *s = d->tasks[i].site;

		if (!ships(&d->tasks[i]))
			continue;
		hd_site_aim(s, &goal);
		hd_plan_make(
		    &s->plan, d->run->app, s->host, &s->goal, s->before);
		s->more = changes(&d->tasks[i]);
	}
	hd_waves_run(d->run, goal.kind, d->part, d->nparts);
	for (size_t i = 0; i < d->nparts; i++)
		d->part[i]->shipped = d->part[i]->status == HD_STATUS_OK;
}

/* After the push, the fresh plan must equal the rest of the shown one. */
static bool
as_shown(const struct task *t, const struct hd_plan *fresh)
{
	struct hd_plan left = t->shown;

	left.n = 0;
	for (size_t i = t->shown.shipping; i < t->shown.n; i++)
		left.steps[left.n++] = t->shown.steps[i];
	return hd_plan_equal(&left, fresh);
}

static void
fail(struct hd_site *s, const char *why)
{
	hd_site_end(s, HD_RES_FAILED, HD_EREMOTE, why);
	hd_emitf(s->run->sink, HD_EV_ERROR, s->host->name, "%s", s->text);
	hd_site_emit(s);
}

/* Plans the change of one host again, from fresh facts. */
static void
plan_again(struct task *t)
{
	struct hd_site *s = t->site;
	struct hd_err err = { 0 };
	struct hd_goal goal;
	struct hd_plan fresh;

	if (!changes(t) || hd_cancel_requested())
		return;
	if (hd_site_look(s, &err) < 0) {
		if (err.code != HD_ECANCELED)
			fail(s, err.msg);
		return;
	}
	goal = hd_plan_after_push(&s->run->goal, s->host, s->now);
	hd_site_aim(s, &goal);
	hd_plan_make(&fresh, s->run->app, s->host, &s->goal, s->now);
	if (as_shown(t, &fresh)) {
		hd_site_adopt(s, &fresh);
		return;
	}
	(void)hd_err_set(&err, HD_EREMOTE,
	    "the host changed after it was planned: %s",
	    fresh.verdict == HD_PLAN_REFUSED ? fresh.reason
					     : "run the command again");
	fail(s, err.msg);
}

static void
plan_one(void *ctx, size_t i)
{
	struct task *t = (struct task *)ctx + i;

	plan_again(t);
	hd_site_rest(t->site);
}

static bool
all_ready(const struct deploy *d)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->tasks[i].site->status != HD_STATUS_OK)
			return false;
	}
	return !hd_cancel_requested();
}

/* Some host is not ready, so no host is changed. */
static void
skip_changes(struct deploy *d, const char *why)
{
	bool cancelled = hd_cancel_requested();

	choose(d, changes);
	for (size_t i = 0; i < d->nparts; i++) {
		struct hd_site *s = d->part[i];

		if (s->status == HD_STATUS_OK)
			hd_site_skip(s, cancelled ? HD_ECANCELED : HD_OK,
			    cancelled ? "interrupted" : why);
		else if (s->result != HD_RES_OK || !s->more)
			continue; /* it has ended and was reported */
		hd_site_emit(s);
	}
}

/* True if every host has the version, is locked and is still as it was planned;
 * otherwise all have ended. A root that the push created can be locked only
 * now. */
static bool
prepare(struct deploy *d)
{
	const char *why = "another host failed";

	ship(d);
	if (all_ready(d) && !hd_lock_all(d->run, d->sites, false))
		why = "another host could not be locked";
	if (all_ready(d))
		hd_fleet_run(d->n, d->run->parallel, plan_one, d->tasks);
	if (all_ready(d))
		return true;
	skip_changes(d, why);
	return false;
}

/* Copies the plan: the facts that it borrows from will be replaced. */
static void
add_task(struct deploy *d, struct hd_site *s)
{
	struct task *t = &d->tasks[d->n++];

	*t = (struct task){ s, s->plan };
	t->shown.relup = NULL;
	for (size_t i = 0; i < t->shown.n; i++) {
		const char *version = t->shown.steps[i].version;

		if (version != NULL)
			t->shown.steps[i].version =
			    hd_arena_strdup(&d->arena, version);
	}
}

void
hd_deploy_run(const struct hd_run *run, struct hd_site *sites)
{
	struct deploy d = { .run = run,
		.sites = sites,
		.tasks = hd_alloc((run->nhosts + 1) * sizeof(struct task)),
		.part =
		    hd_alloc((run->nhosts + 1) * sizeof(struct hd_site *)) };

	for (size_t i = 0; i < run->nhosts; i++) {
		if (sites[i].plan.verdict == HD_PLAN_STEPS)
			add_task(&d, &sites[i]);
	}
	if (run->dry_run || prepare(&d)) {
		choose(&d, changes);
		hd_waves_run(run, HD_GOAL_DEPLOY, d.part, d.nparts);
	}
	hd_arena_done(&d.arena);
	free(d.tasks);
	free(d.part);
}
