#include "core/rollout/lock.h"

#include "core/base/clock.h"
#include "core/inventory/advice.h"
#include "core/rollout/aside.h"
#include "core/rollout/fleet.h"
#include "core/rollout/lease.h"
#include "core/rollout/lock_wait.h"
#include "core/rollout/look.h"
#include "core/rollout/operate.h"
#include "core/rollout/park.h"

#include <stdlib.h>
#include <string.h>

/* SETTLE_MS: longer than a run that met a lock needs to give back its own
 * locks. LAST_MS: how much longer than run->wait_ms all such waits can take. */
enum { SETTLE_MS = 3 * 1000, LAST_MS = 30 * 1000 };

static int
by_address(const struct hd_host *a, const struct hd_host *b)
{
	int order = strcmp(a->address, b->address);

	if (order == 0)
		order = (hd_host_port(a) > hd_host_port(b)) -
			(hd_host_port(a) < hd_host_port(b));
	return order != 0 ? order : strcmp(a->path, b->path);
}

/* Adds what a person can do who does not wait, or no longer. */
static void
advise(const struct hd_site *s, struct hd_err *err)
{
	const struct hd_err holder = *err;
	HD_AUTO_ARENA words = { 0 };

	hd_err_set(err, HD_ELOCKED,
	    "%s; --wait 5m waits for it to end, `%s` takes its lock away",
	    holder.msg, hd_advice(&words, s->host, "unlock", NULL));
}

/* A host that answered is not unreachable, whatever the error. */
static void
end_unlocked(struct hd_site *s, struct hd_err *err)
{
	static const struct {
		enum hd_code code;
		enum hd_result result;
	} rows[] = {
		{ HD_ELOCKED, HD_RES_LOCKED },
		{ HD_EREMOTE, HD_RES_REFUSED },
		{ HD_ECANCELED, HD_RES_SKIPPED },
	};
	enum hd_result result = HD_RES_UNREACHABLE;

	for (size_t i = 0; i < HD_COUNT(rows); i++)
		if (rows[i].code == err->code)
			result = rows[i].result;
	if (result == HD_RES_LOCKED)
		advise(s, err);
	hd_site_end(s, result, err->code, err->msg);
	hd_emitf(s->run->sink, HD_EV_ERROR, s->host->name, "%s", err->msg);
}

/* One host to lock. */
struct lock {
	struct hd_site *site;
	bool taken, looked; /* in this call */
	bool met;           /* another run had it: taken in order from now on */
	struct hd_err err;  /* why it was not locked; HD_OK: not tried */
};

struct locking {
	const struct hd_run *run;
	bool look;
	struct lock *v; /* in the order of the addresses */
	size_t n;
	atomic_bool stopped; /* one lock was not obtained: take no more */
	bool waited;         /* the time to wait for other runs is over */
	int64_t deadline;
};

static int
by_address_of(const void *pa, const void *pb)
{
	const struct lock *a = pa, *b = pb;

	return by_address(a->site->host, b->site->host);
}

/* Continues without this host, if the run may. Another run gets its time to end
 * first. */
static bool
set_aside(const struct locking *l, struct lock *x)
{
	struct hd_err why = x->err;

	if (why.code == HD_ELOCKED && !l->waited)
		return false;
	if (why.code == HD_ELOCKED)
		advise(x->site, &why);
	if (!hd_aside(x->site, &why))
		return false;
	x->err = (struct hd_err){ 0 };
	return true;
}

static int
lock_alone(struct lock *x)
{
	struct hd_site *s = x->site;
	int rc;

	hd_site_use(s);
	rc = hd_site_connect(s, &x->err);
	if (rc == 0)
		rc = hd_lease_take(s, &x->err);
	hd_site_leave(s);
	return rc;
}

/* The facts come with the lock. A host that grants the lock and gives no facts
 * has ended, as after hd_sites_look_at(). */
static int
lock_and_look(struct lock *x)
{
	struct hd_site *s = x->site;
	struct hd_err err = { 0 };

	x->looked = true;
	if (hd_site_lock_look(s, &err) == 0)
		hd_site_settle(s);
	else if (s->lease[0] != '\0')
		hd_site_lost(s, &err);
	else
		x->err = err;
	return x->err.code == HD_OK ? 0 : -1;
}

static void
take(struct locking *l, struct lock *x, bool look)
{
	if (x->taken || atomic_load(&l->stopped) ||
	    !hd_sites_reach_one(x->site))
		return;
	x->taken = (look ? lock_and_look(x) : lock_alone(x)) == 0;
	if (!x->taken && !set_aside(l, x))
		atomic_store(&l->stopped, true);
}

static void
take_one(void *ctx, size_t i)
{
	struct locking *l = ctx;
	struct lock *x = &l->v[i];

	take(l, x, l->look);
	if (l->look && x->taken && !x->looked && !atomic_load(&l->stopped)) {
		x->looked = true;
		hd_sites_look_at(x->site);
	}
	hd_site_rest(x->site);
}

static void
give_back_one(void *ctx, size_t i)
{
	struct locking *l = ctx;
	struct lock *x = &l->v[i];

	if (x->taken)
		hd_lease_release(x->site, hd_clock_ms() + HD_LEASE_RELEASE_MS);
	x->taken = x->looked = false;
	hd_site_rest(x->site);
}

/* Tries to take all locks, waiting for none. */
static void
take_all(struct locking *l)
{
	atomic_store(&l->stopped, false);
	for (size_t i = 0; i < l->n; i++)
		l->v[i].err = (struct hd_err){ 0 };
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].met)
			take(l, &l->v[i], false);
	hd_fleet_run(l->n, l->run->parallel, take_one, l);
}

/* Ends the hosts that could not be locked for a reason other than the lock of
 * another run. Returns whether there are any. */
static bool
any_failed(struct locking *l)
{
	bool any = false;

	for (size_t i = 0; i < l->n; i++) {
		struct lock *x = &l->v[i];

		if (x->err.code == HD_OK || x->err.code == HD_ELOCKED)
			continue;
		end_unlocked(x->site, &x->err);
		any = true;
	}
	return any;
}

/* The first host that another run has locked; NULL: none. */
static struct lock *
first_met(struct locking *l)
{
	struct lock *first = NULL;

	for (size_t i = l->n; i-- > 0;) {
		if (l->v[i].err.code != HD_ELOCKED)
			continue;
		first = &l->v[i];
		first->met = l->v[0].met = true;
	}
	return first;
}

/* Hosts that could not be reached have ended: the plan will refuse. */
static bool
all_taken(const struct locking *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (!l->v[i].taken && l->v[i].site->status == HD_STATUS_OK)
			return false;
	return true;
}

/* Waits for the lock of one host without holding another lock. Keeps it only if
 * the host is the first in order. True if the run continues. */
static bool
wait_for(struct locking *l, struct lock *x)
{
	int64_t settled = hd_clock_ms() + SETTLE_MS;

	if (settled > l->deadline + LAST_MS)
		settled = l->deadline + LAST_MS;
	if (hd_lock_wait(x->site, l->deadline, settled, &x->err) < 0) {
		l->waited = l->waited || x->err.code == HD_ELOCKED;
		if (set_aside(l, x))
			return true;
		end_unlocked(x->site, &x->err);
		return false;
	}
	x->taken = true;
	if (x != l->v)
		give_back_one(l, (size_t)(x - l->v));
	return true;
}

/*
 * A run that meets the lock of another run gives back its own locks before it
 * waits, so no two runs wait for each other. If each took its hosts at random,
 * they could collide forever. So a run takes its first host, and those on which
 * it met another run, one by one in order, before all others. Each collision
 * adds a host, until the runs meet on the first host that they share, and one
 * of them wins. A run that sets hosts aside waits in the same way; after that
 * it takes the locks that it can get, waiting for none.
 */
static bool
lock_all(struct locking *l)
{
	struct lock *x;

	for (;;) {
		take_all(l);
		if (any_failed(l))
			return false;
		x = first_met(l);
		if (x == NULL)
			return all_taken(l);
		hd_fleet_run(l->n, l->run->parallel, give_back_one, l);
		if (!wait_for(l, x))
			return false;
	}
}

static bool
wants_lock(const struct hd_site *s)
{
	return s->status == HD_STATUS_OK &&
	       s->plan.verdict != HD_PLAN_NOTHING && !hd_lease_held(s);
}

bool
hd_lock_all(const struct hd_run *run, struct hd_site *sites, bool look)
{
	HD_AUTO_FREE struct lock *v = hd_alloc((run->nhosts + 1) * sizeof(*v));
	struct locking l = { .run = run,
		.look = look,
		.v = v,
		.deadline = hd_clock_ms() + run->wait_ms };

	for (size_t i = 0; i < run->nhosts; i++)
		if (wants_lock(&sites[i]))
			v[l.n++].site = &sites[i];
	qsort(v, l.n, sizeof(*v), by_address_of);
	return lock_all(&l);
}
