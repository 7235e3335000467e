#include "core/rollout/park.h"

#include "core/base/clock.h"
#include "core/rollout/lease.h"

static bool
too_many(const struct hd_site *s)
{
	return s->crowd != NULL && s->crowd->limit > 0 &&
	       atomic_load(&s->crowd->open) > s->crowd->limit;
}

/* False if the connection should stay: without it the lock would soon end. */
static bool
park(struct hd_site *s)
{
	struct hd_err err = { 0 };

	s->parks = true;
	return !hd_lease_held(s) || s->parked || hd_lease_sign(s, &err) == 0;
}

void
hd_site_rest(struct hd_site *s)
{
	if (!too_many(s))
		return;
	hd_site_use(s);
	if (s->t != NULL && park(s))
		hd_site_drop(s);
	hd_site_leave(s);
}

void
hd_site_part(struct hd_site *s)
{
	if (!too_many(s))
		return;
	hd_lease_release(s, hd_clock_ms() + HD_LEASE_RELEASE_MS);
	hd_site_drop(s);
}

void
hd_site_wake(struct hd_site *s)
{
	hd_site_use(s);
	s->parks = false;
	hd_site_leave(s);
}
