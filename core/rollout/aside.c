#include "core/rollout/aside.h"

#include "core/base/clock.h"
#include "core/inventory/fold.h"
#include "core/plan/wave.h"
#include "core/rollout/lease.h"
#include "core/rollout/reconnect.h"

enum { NAMES_MAX = 1024 * 1024 };

static bool
is_aside(const struct hd_run *run, size_t i)
{
	return run->aside != NULL && run->aside[i].code != HD_OK;
}

static void
end(struct hd_site *s)
{
	hd_site_end(s, HD_RES_ASIDE, s->aside->code, s->aside->msg);
	s->plan.verdict = HD_PLAN_NOTHING;
}

void
hd_aside_init(struct hd_site *s, struct hd_err *why)
{
	s->aside = why;
	if (why->code != HD_OK)
		end(s);
}

/* Failures of the host or of the way to it. */
static bool
can_be_spared(enum hd_code code)
{
	static const bool codes[HD_CODES] = {
		[HD_ECONNECT] = true,
		[HD_EAUTH] = true,
		[HD_ETIMEOUT] = true,
		[HD_EREMOTE] = true,
		[HD_ELOCKED] = true,
	};

	return codes[code];
}

/* If the connection is lost, the lock frees itself. */
static void
let_go(struct hd_site *s, const struct hd_err *why)
{
	hd_site_use(s);
	if (!hd_connection_lost(why))
		hd_lease_release(s, hd_clock_ms() + HD_LEASE_RELEASE_MS);
	s->lease[0] = '\0';
	hd_site_drop(s);
	hd_site_leave(s);
}

bool
hd_aside(struct hd_site *s, const struct hd_err *err)
{
	if (s->aside == NULL || s->begun || s->shipped ||
	    !can_be_spared(err->code))
		return false;
	*s->aside = *err;
	let_go(s, err);
	end(s);
	return true;
}

void
hd_site_lost(struct hd_site *s, const struct hd_err *err)
{
	if (err->code == HD_ECANCELED) {
		hd_site_end(s, HD_RES_SKIPPED, err->code, "interrupted");
		return;
	}
	if (hd_aside(s, err))
		return;
	hd_site_end(s, HD_RES_UNREACHABLE, err->code, err->msg);
	hd_emitf(s->run->sink, HD_EV_ERROR, s->host->name, "%s", err->msg);
}

size_t
hd_aside_left(const struct hd_run *run)
{
	size_t n = 0;

	for (size_t i = 0; i < run->nhosts; i++)
		n += !is_aside(run, i);
	return n;
}

/* Ends the host as one that stops the run. */
static void
stop(struct hd_site *s)
{
	const struct hd_err why = *s->aside;

	s->aside->code = HD_OK;
	hd_site_end(s,
	    why.code == HD_ELOCKED ? HD_RES_LOCKED : HD_RES_UNREACHABLE,
	    why.code, why.msg);
	hd_emitf(s->run->sink, HD_EV_ERROR, s->host->name, "%s", why.msg);
}

bool
hd_aside_judge(const struct hd_run *run, struct hd_site *sites)
{
	size_t n = run->nhosts - hd_aside_left(run);

	if (n == 0 || hd_wave_spares(run->env, run->nhosts, n))
		return true;
	for (size_t i = 0; i < run->nhosts; i++)
		if (is_aside(run, i))
			stop(&sites[i]);
	if (n < run->nhosts)
		hd_emitf(run->sink, HD_EV_ERROR, NULL,
		    "%zu of %zu hosts cannot be reached or locked, and "
		    "max_failures = %u allows fewer: no host is changed",
		    n, run->nhosts, run->env->max_failures.n);
	return false;
}

/* True if the run had canaries, and all of them were set aside. */
static bool
lost_canaries(const struct hd_run *run)
{
	size_t all = 0, aside = 0;

	for (size_t i = 0; i < run->nhosts; i++) {
		all += run->hosts[i]->canary;
		aside += run->hosts[i]->canary && is_aside(run, i);
	}
	return hd_goals[run->goal.kind].in_waves && all > 0 && aside == all;
}

void
hd_aside_tell(const struct hd_run *run)
{
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_STR list = HD_STR_INIT(NAMES_MAX);
	struct hd_strs names = { 0 };

	for (size_t i = 0; i < run->nhosts; i++)
		if (is_aside(run, i))
			*HD_PUSH(&a, &names) = run->hosts[i]->name;
	if (names.n == 0)
		return;
	hd_names_fold(&list, names.v, names.n, "", ", ");
	hd_emitf(run->sink, HD_EV_NOTE, NULL,
	    "%zu of %zu hosts %s set aside: %s%s", names.n, run->nhosts,
	    names.n == 1 ? "is" : "are", list.ptr,
	    lost_canaries(run) ? "; no canary is left" : "");
}
