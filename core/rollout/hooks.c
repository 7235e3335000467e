#include "core/rollout/hooks.h"

#include "core/base/cancel.h"
#include "core/rollout/carry.h"
#include "core/rollout/fleet.h"
#include "core/rollout/round.h"

#include <stdio.h>

static const enum hd_hook_name before[] = {
	HD_HOOK_BEFORE_PUSH,
	HD_HOOK_BEFORE_UPGRADE,
	HD_HOOK_BEFORE_START,
};
static const enum hd_hook_name after[] = {
	HD_HOOK_AFTER_PUSH,
	HD_HOOK_AFTER_STOP,
	HD_HOOK_AFTER_UPGRADE,
	HD_HOOK_AFTER_ROLLBACK,
};

/* Those of the run with this name, one after another up to one that fails. */
static int
run_name(const struct hd_round *r, enum hd_hook_name name, struct hd_err *err)
{
	const struct hd_hooks *hooks = &r->run->env->hooks;

	for (size_t i = 0; i < hooks->n; i++) {
		const struct hd_hook *hook = &hooks->v[i];
		struct hd_site *s =
		    hook->place == HD_HOOK_ONCE ? r->on[0] : NULL;

		if (hook->name == name && hook->place != HD_HOOK_REMOTE &&
		    hd_hook_run(r->run, hook, s, &r->told, err) < 0)
			return -1;
	}
	return 0;
}

static bool
succeeded(const struct hd_site *s)
{
	return s->result == HD_RES_OK;
}

void
hd_hooks_tell(const struct hd_run *run, struct hd_site *const *sites, size_t n)
{
	const struct hd_hooks *hooks = &run->env->hooks;
	HD_CLEANUP(hd_round_done) struct hd_round r;

	hd_round_init(&r, run, sites, n);
	for (size_t i = 0; i < hooks->n; i++) {
		const struct hd_hook *hook = &hooks->v[i];

		if (hook->place == HD_HOOK_REMOTE ||
		    !hd_round_due(&r, hook->name, NULL))
			continue;
		hd_emitf(run->sink, HD_EV_NOTE, NULL, "%s, %s: %s",
		    hd_hook_titles[hook->name],
		    hook->place == HD_HOOK_LOCAL ? "here" : r.on[0]->host->name,
		    hook->command);
	}
}

static enum hd_status
status_of(const struct hd_err *err)
{
	if (err->code == HD_ELOCAL || err->code == HD_ECANCELED)
		return hd_status_of(err->code);
	return HD_STATUS_FAILED;
}

/* For a host's report: the event of the hook itself has the details. */
static void
shorten(struct hd_err *err, enum hd_hook_name name)
{
	(void)hd_err_set(err, err->code, "%s %s", hd_hook_titles[name],
	    err->code == HD_ECANCELED ? "was interrupted" : "failed");
}

static void
begin_none(const struct hd_round *r, const struct hd_err *why)
{
	for (size_t i = 0; i < r->n; i++) {
		hd_site_skip(r->sites[i], status_of(why), why->msg);
		hd_site_emit(r->sites[i]);
	}
}

bool
hd_hooks_before(
    const struct hd_run *run, struct hd_site *const *sites, size_t n)
{
	HD_CLEANUP(hd_round_done) struct hd_round r;

	hd_round_init(&r, run, sites, n);
	for (size_t i = 0; i < HD_COUNT(before); i++) {
		struct hd_err err = { 0 };

		if (hd_cancel_requested() ||
		    !hd_round_due(&r, before[i], NULL) ||
		    run_name(&r, before[i], &err) == 0)
			continue;
		shorten(&err, before[i]);
		begin_none(&r, &err);
		return false;
	}
	return true;
}

/* What is done on all hosts of a round. */
struct errand {
	const struct hd_round *r;
	const struct hd_hook *hook;
	const struct hd_err *why;
};

/* Newest first, as with on_failure = rollback. */
static void
answer(void *ctx, size_t i)
{
	const struct errand *e = ctx;
	struct hd_site *s = e->r->on[e->r->non - 1 - i];
	char text[256];

	if (hd_plan_kind(&s->plan, s->goal.kind) == HD_GOAL_UPGRADE &&
	    hd_carry_back(s, e->why)) {
		hd_site_emit(s);
		return;
	}
	snprintf(text, sizeof(text), "%.200s; the %s itself is done",
	    e->why->msg, hd_goal_names[s->goal.kind]);
	hd_site_end(s, HD_RES_OK,
	    e->why->code == HD_ECANCELED ? HD_STATUS_INTERRUPTED
					 : HD_STATUS_FAILED,
	    text);
}

void
hd_hooks_after(const struct hd_run *run, struct hd_site *const *sites, size_t n)
{
	HD_CLEANUP(hd_round_done) struct hd_round r;

	hd_round_init(&r, run, sites, n);
	for (size_t i = 0; i < HD_COUNT(after); i++) {
		struct hd_err err = { 0 };
		struct errand e = { .r = &r, .why = &err };

		r.told.result = hd_round_word(&r);
		if (hd_cancel_insisted() ||
		    !hd_round_due(&r, after[i], succeeded) ||
		    run_name(&r, after[i], &err) == 0)
			continue;
		shorten(&err, after[i]);
		hd_fleet_run(r.non, run->parallel, answer, &e);
	}
}

/* Those that were never begun have no plan that passes hooks, or are no
 * failure. */
static bool
has_failed(const struct hd_site *s)
{
	static const bool failure[] = {
		[HD_STATUS_FAILED] = true,
		[HD_STATUS_BROKEN] = true,
		[HD_STATUS_LOCAL] = true,
	};

	return s->plan.hooks != 0 && s->status < HD_COUNT(failure) &&
	       failure[s->status];
}

static void
on_failed_host(void *ctx, size_t i)
{
	const struct errand *e = ctx;
	struct hd_site *s = e->r->on[i];
	HD_CLEANUP(hd_round_done) struct hd_round own;
	struct hd_err err = { 0 };

	hd_round_init(&own, e->r->run, &s, 1);
	own.told.hosts = e->r->told.hosts;
	own.told.result = hd_round_word(&own);
	hd_hook_run(own.run, e->hook, s, &own.told, &err);
}

/* One that fails leaves the others to be done: the run has failed anyway. */
static void
run_failure(const struct hd_round *r)
{
	const struct hd_hooks *hooks = &r->run->env->hooks;

	for (size_t i = 0; i < hooks->n; i++) {
		struct errand e = { .r = r, .hook = &hooks->v[i] };
		struct hd_err err = { 0 };

		if (e.hook->name != HD_HOOK_ON_FAILURE)
			continue;
		if (e.hook->place == HD_HOOK_LOCAL)
			hd_hook_run(r->run, e.hook, NULL, &r->told, &err);
		else if (e.hook->place == HD_HOOK_ONCE)
			hd_hook_run(r->run, e.hook, r->on[0], &r->told, &err);
		else
			hd_fleet_run(
			    r->non, r->run->parallel, on_failed_host, &e);
	}
}

void
hd_hooks_failure(const struct hd_run *run, struct hd_site *sites)
{
	HD_AUTO_FREE struct hd_site **list =
	    hd_alloc((run->nhosts + 1) * sizeof(struct hd_site *));
	HD_CLEANUP(hd_round_done) struct hd_round r;
	size_t n = 0;

	for (size_t i = 0; i < run->nhosts; i++) {
		if (sites[i].plan.hooks != 0)
			list[n++] = &sites[i];
	}
	hd_round_init(&r, run, list, n);
	for (size_t i = 0; i < n; i++) {
		if (has_failed(list[i]))
			r.on[r.non++] = list[i];
	}
	r.told.result = hd_round_word(&r);
	if (r.non > 0 && !run->dry_run && !hd_cancel_insisted())
		run_failure(&r);
}
