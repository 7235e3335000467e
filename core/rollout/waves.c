#include "core/rollout/waves.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/plan/wave.h"
#include "core/rollout/apply.h"
#include "core/rollout/around.h"
#include "core/rollout/aside.h"
#include "core/rollout/fleet.h"
#include "core/rollout/hooks.h"
#include "core/rollout/look.h"
#include "core/rollout/hook_group.h"
#include "core/rollout/outcomes.h"
#include "core/rollout/park.h"
#include "core/rollout/wave_words.h"

#include <stdatomic.h>

enum { NAMES_MAX = 1024 * 1024, FRESH_MS = 3000 };

struct waves {
	const struct hd_run *run;
	enum hd_goal_kind goal;
	struct hd_site **sites; /* canaries first */
	size_t n, at;           /* at: the wave begins at sites[at] */
	size_t left;            /* hosts of the run that were not set aside */
	const size_t *sizes;    /* of the waves */
	size_t nwaves;
	int64_t spent; /* ms that the waves took so far, without pauses */
	atomic_size_t failed, broken;
	struct hd_site **changed; /* in the order in which the hosts ended */
	atomic_size_t nchanged;
	const char *stopped; /* why no more hosts begin, other than a failure */
	size_t number;       /* of the wave, from 1 */
	const char *names;   /* of all hosts, for hooks */
	/* why others do not begin or go back, if a wave's own hook failed */
	struct hd_err hook;
};

static enum hd_wave_verdict
verdict(struct waves *w)
{
	const struct hd_wave_count count = { .failed = atomic_load(&w->failed),
		.broken = atomic_load(&w->broken),
		.aside = w->run->nhosts - w->left };

	if (!hd_goals[w->goal].in_waves)
		return HD_WAVE_ON;
	return hd_wave_judge(w->run->env, &count);
}

/* Whether another host can begin. */
static bool
goes_on(struct waves *w)
{
	return !hd_cancel_requested() && w->stopped == NULL &&
	       verdict(w) == HD_WAVE_ON;
}

/*
 * Whether the facts were asked for a moment ago, and no hook ran since. The lock
 * keeps other runs away. It does not keep away a person who changes the host by
 * hand, or a disk that fills up; but those can come after a second reading as
 * well. So no step trusts the facts: check asks the node, verify compares its VM
 * with that of the facts, a switch stops whatever runs, and 1 MiB is set aside
 * for the way back. A second reading finds changes of the minutes that hooks,
 * pauses and earlier waves take.
 */
static bool
is_fresh(const struct hd_site *s)
{
	return s->run->env->hooks.n == 0 && s->host->hooks.n == 0 &&
	       hd_clock_ms() - s->seen_at < FRESH_MS;
}

/* Plans again, because the host may have changed since the plan was made and
 * the connection may be lost. A push only adds files, which no other run can do
 * under this lock. */
static bool
still_as_planned(struct hd_site *s)
{
	struct hd_err err = { 0 };
	struct hd_plan fresh;

	hd_site_wake(s);
	if (hd_site_unshared(s) &&
	    (s->goal.kind == HD_GOAL_PUSH || is_fresh(s)))
		return true;
	if (hd_site_look(s, &err) < 0) {
		if (err.code == HD_ECANCELED)
			hd_site_skip(s, HD_ECANCELED, "interrupted");
		else
			hd_site_end(s, HD_RES_FAILED, HD_EREMOTE, err.msg);
		return false;
	}
	hd_plan_make(&fresh, s->run->app, s->host, &s->goal, s->now);
	if (!hd_plan_equal(&fresh, &s->plan)) {
		hd_site_end(s, HD_RES_FAILED, HD_EREMOTE,
		    "the host changed after it was planned: run the command "
		    "again");
		return false;
	}
	hd_site_adopt(s, &fresh);
	return true;
}

static void
skip(const struct waves *w, struct hd_site *s)
{
	if (w->stopped != NULL)
		hd_site_skip(s, HD_ECANCELED, w->stopped);
	else if (hd_cancel_requested())
		hd_site_skip(s, HD_ECANCELED, "interrupted");
	else
		hd_site_skip(s, HD_OK,
		    w->hook.code != HD_OK ? w->hook.msg
					  : "another host failed");
}

static void
count(struct waves *w, struct hd_site *s)
{
	if (s->result == HD_RES_OK)
		w->changed[atomic_fetch_add(&w->nchanged, 1)] = s;
	else if (s->result != HD_RES_SKIPPED)
		atomic_fetch_add(&w->failed, 1);
	if (s->result == HD_RES_BROKEN)
		atomic_fetch_add(&w->broken, 1);
}

/* Whether the run can return to a host whose plan ended. */
static bool
comes_back(const struct waves *w, const struct hd_site *s)
{
	return hd_goals[w->goal].in_waves || s->more || s->plan.hooks != 0;
}

static struct hd_wave
wave_at(const struct waves *w, size_t size)
{
	return (struct hd_wave){ .run = w->run,
		.sites = w->sites + w->at,
		.n = size,
		.number = w->number,
		.hosts = w->names };
}

/* A hook that fails after the change of a host is a failure of that host. */
static void
change(struct waves *w, struct hd_site *s)
{
	const struct hd_wave wave = wave_at(w, 0);
	struct hd_err err = { 0 };
	bool failed;

	if (!hd_goals[w->goal].in_waves) {
		hd_apply(s);
		return;
	}
	failed = hd_around_apply(&wave, s, &err) < 0;
	if (failed && s->result == HD_RES_OK)
		atomic_fetch_add(&w->failed, 1);
}

static void
run_site(void *ctx, size_t i)
{
	struct waves *w = ctx;
	struct hd_site *s = w->sites[w->at + i];

	if (!goes_on(w))
		skip(w, s);
	else if (still_as_planned(s))
		change(w, s);
	else
		hd_emitf(
		    s->run->sink, HD_EV_ERROR, s->host->name, "%s", s->text);
	count(w, s);
	if (!s->more || s->result != HD_RES_OK)
		hd_site_emit(s);
	if (comes_back(w, s))
		hd_site_rest(s);
	else
		hd_site_part(s);
}

/* Takes back the change of one host. Job 0 is the host that changed last. */
static void
take_back(void *ctx, size_t i)
{
	struct waves *w = ctx;
	struct hd_site *s = w->changed[w->nchanged - 1 - i];
	const struct hd_wave back = { .run = w->run, .hosts = w->names };
	struct hd_err why = w->hook;

	if (why.code == HD_OK)
		(void)hd_err_set(&why, HD_EREMOTE, "another host failed");
	if (!hd_around_undo(&back, s, &why))
		return;
	hd_site_emit(s);
	hd_site_rest(s);
}

/* False if a person was asked and did not confirm. */
static bool
pause_before(struct waves *w, const char *hosts)
{
	const struct hd_pause *pause = &w->run->env->pause;
	HD_AUTO_STR text = HD_STR_INIT(2048);

	if (hd_cancel_requested() || verdict(w) != HD_WAVE_ON)
		return true;
	if (pause->ask) {
		hd_str_addf(&text, "%zu of %zu hosts done. Continue with %s?",
		    w->at, w->n, hosts);
		return w->run->ask(w->run->ask_ctx, text.ptr);
	}
	if (pause->ms > 0) {
		hd_emitf(w->run->sink, HD_EV_NOTE, NULL,
		    "waiting %u s before %s", (pause->ms + 999) / 1000, hosts);
		hd_clock_sleep(pause->ms);
	}
	return true;
}

/* Ends the hosts of a wave whose before_wave failed with why. */
static void
begin_none(struct waves *w, size_t size, const struct hd_err *why)
{
	for (size_t i = 0; i < size; i++) {
		struct hd_site *s = w->sites[w->at + i];

		hd_end_unchanged(s, why);
		count(w, s);
		hd_site_emit(s);
	}
}

/* Runs the hosts of a wave between the hooks of the wave. */
static void
run_hosts(struct waves *w, size_t size)
{
	const struct hd_wave wave = wave_at(w, size);
	struct hd_err err = { 0 };

	if (hd_around_wave_before(&wave, &err) == 0) {
		hd_fleet_run(size, w->run->parallel, run_site, w);
	} else {
		begin_none(w, size, &err);
		hd_hook_shorten(&err, HD_HOOK_BEFORE_WAVE);
		w->hook = err;
	}
	err = (struct hd_err){ 0 };
	if (hd_around_wave_after(&wave, &err) == 0)
		return;
	atomic_fetch_add(&w->failed, 1);
	w->hook = err;
}

static void
announce(const struct waves *w, size_t size, const char *hosts)
{
	const char *goal = hd_goals[w->goal].name;

	if (w->nwaves > 1)
		hd_emit_phase(w->run->sink, "wave", size,
		    "%s, wave %zu of %zu: %s", goal, w->number, w->nwaves,
		    hosts);
	else
		hd_emit_phase(
		    w->run->sink, "wave", size, "%s: %s", goal, hosts);
}

/* Nothing is estimated for waves that will not begin. */
static void
tell_end(struct waves *w, int64_t began)
{
	const struct hd_pause *pause = &w->run->env->pause;
	int64_t ms = hd_clock_ms() - began, left = -1;

	w->spent += ms;
	if (goes_on(w))
		left = hd_waves_left(w->sizes, w->nwaves, w->number,
		    w->run->parallel, w->spent, pause->ask ? 0 : pause->ms);
	hd_emit(w->run->sink,
	    (struct hd_event){ .kind = HD_EV_WAVE,
		.done = w->number,
		.size = w->nwaves,
		.ms = ms,
		.left = left,
		.text =
		    left >= 0 && pause->ask ? "without the pauses" : NULL });
}

static void
run_wave(struct waves *w, size_t size)
{
	HD_AUTO_STR hosts = HD_STR_INIT(2048);
	int64_t began;

	hd_wave_describe(&hosts, w->sites + w->at, size);
	if (w->at > 0 && w->stopped == NULL && !pause_before(w, hosts.ptr))
		w->stopped = "not confirmed at the pause";
	w->number++;
	announce(w, size, hosts.ptr);
	began = hd_clock_ms();
	if (hd_goals[w->goal].in_waves && goes_on(w)) {
		run_hosts(w, size);
		tell_end(w, began);
	} else {
		hd_fleet_run(size, w->run->parallel, run_site, w);
	}
	w->at += size;
}

/* Puts these hosts at w->sites[at] and after; returns where they end. */
static size_t
put_sites(
    struct waves *w, struct hd_site *const *sites, bool canaries, size_t at)
{
	for (size_t i = 0; i < w->n; i++)
		if (sites[i]->host->canary == canaries)
			w->sites[at++] = sites[i];
	return at;
}

/* Returns the number of canaries. */
static size_t
canaries_first(struct waves *w, struct hd_site *const *sites)
{
	size_t canaries = put_sites(w, sites, true, 0);

	(void)put_sites(w, sites, false, canaries);
	return canaries;
}

/* Fills in the size of each wave; returns the number of waves. */
static size_t
size_waves(const struct waves *w, size_t canaries, size_t *sizes)
{
	if (hd_goals[w->goal].in_waves)
		return hd_waves_cut(
		    sizes, w->run->env, w->left, canaries, w->n);
	sizes[0] = w->n;
	return w->n > 0;
}

/* Gives the names of all hosts to the hooks of each host. */
static void
set_peers(const struct waves *w, const char *names)
{
	for (size_t i = 0; i < w->n; i++)
		w->sites[i]->peers = names;
}

static void
apply_plans(struct waves *w, const size_t *sizes, size_t waves)
{
	HD_AUTO_STR names = HD_STR_INIT(NAMES_MAX);

	hd_hook_group_names(&names, w->sites, w->n);
	w->names = names.ptr;
	set_peers(w, names.ptr);
	w->sizes = sizes;
	w->nwaves = waves;
	for (size_t i = 0; i < waves; i++)
		run_wave(w, sizes[i]);
	if (verdict(w) == HD_WAVE_BACK && !hd_cancel_requested()) {
		hd_emit_phase(w->run->sink, "undo", w->nchanged,
		    "take back: %zu host%s", (size_t)w->nchanged,
		    w->nchanged == 1 ? "" : "s");
		hd_fleet_run(w->nchanged, w->run->parallel, take_back, w);
	}
	set_peers(w, NULL);
}

void
hd_waves_run(const struct hd_run *run, enum hd_goal_kind goal,
    struct hd_site *const *sites, size_t n)
{
	HD_AUTO_FREE struct hd_site **order =
	    hd_alloc((n + 1) * sizeof(*order));
	HD_AUTO_FREE struct hd_site **changed =
	    hd_alloc((n + 1) * sizeof(*changed));
	HD_AUTO_FREE size_t *sizes = hd_alloc((n + 1) * sizeof(*sizes));
	struct waves w = {
		.run = run,
		.goal = goal,
		.sites = order,
		.n = n,
		.left = hd_aside_left(run),
		.changed = changed,
	};
	size_t waves = size_waves(&w, canaries_first(&w, sites), sizes);
	const struct hd_wave_cut cut = { .sites = w.sites,
		.n = n,
		.sizes = sizes,
		.waves = waves,
		.in_waves = hd_goals[goal].in_waves };

	hd_waves_tell(run, w.sites, sizes, waves);
	if (!hd_hooks_fit(run, &cut))
		return;
	if (run->dry_run) {
		hd_hooks_tell(run, hd_goals[goal].in_waves, sites, n);
		return;
	}
	if (!hd_hooks_before(run, sites, n))
		return;
	apply_plans(&w, sizes, waves);
	hd_hooks_after(run, sites, n);
}
