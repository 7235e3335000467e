#include "core/rollout/keepalive.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/rollout/fleet.h"
#include "core/rollout/lease.h"
#include "core/rollout/reconnect.h"

#include <stdatomic.h>
#include <stdlib.h>

/* AT_ONCE: enough threads that silent hosts do not delay the others. */
enum { LOOK_MS = 2000, AT_ONCE = 32 };

struct hd_keepalive {
	const struct hd_run *run;
	struct hd_site *sites;
	struct hd_site **due;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	atomic_bool stopping;
};

static bool
begin_use(struct hd_site *s)
{
	return pthread_mutex_trylock(&s->using) == 0;
}

static bool
is_due(struct hd_site *s)
{
	bool due;

	if (!begin_use(s))
		return false;
	due = hd_lease_due(s);
	hd_site_leave(s);
	return due;
}

/* Tries once more after a lost connection: the host frees the lock soon after
 * the connection is gone. */
static void
send_keepalive(struct hd_site *s)
{
	for (unsigned tries = 0; tries < 2; tries++) {
		struct hd_err err = { 0 };

		if (hd_lease_sign(s, &err) == 0 || !hd_connection_lost(&err))
			return;
		hd_site_drop(s);
	}
}

static void
send_one(void *ctx, size_t i)
{
	struct hd_keepalive *p = ctx;
	struct hd_site *s = p->due[i];

	if (atomic_load(&p->stopping) || hd_cancel_requested() || !begin_use(s))
		return;
	if (hd_lease_due(s))
		send_keepalive(s);
	hd_site_leave(s);
}

static void
send_due(struct hd_keepalive *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->run->nhosts; i++)
		if (is_due(&p->sites[i]))
			p->due[n++] = &p->sites[i];
	if (n > 0)
		hd_fleet_run(n,
		    p->run->parallel > AT_ONCE ? p->run->parallel : AT_ONCE,
		    send_one, p);
}

/* Returns false when the thread must end. */
static bool
rest(struct hd_keepalive *p)
{
	int64_t until = hd_clock_ms() + LOOK_MS;

	pthread_mutex_lock(&p->lock);
	while (!atomic_load(&p->stopping) && hd_clock_left(until) > 0)
		hd_clock_moment(&p->changed, &p->lock);
	pthread_mutex_unlock(&p->lock);
	return !atomic_load(&p->stopping);
}

static void *
work(void *ctx)
{
	while (rest(ctx))
		send_due(ctx);
	return NULL;
}

static void
done(struct hd_keepalive *p)
{
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p->due);
	free(p);
}

struct hd_keepalive *
hd_keepalive_begin(const struct hd_run *run, struct hd_site *sites)
{
	struct hd_keepalive *p = hd_alloc(sizeof(*p));

	*p = (struct hd_keepalive){ .run = run,
		.sites = sites,
		.due = hd_alloc((run->nhosts + 1) * sizeof(struct hd_site *)) };
	pthread_mutex_init(&p->lock, NULL);
	hd_clock_condition(&p->changed);
	if (pthread_create(&p->thread, NULL, work, p) == 0)
		return p;
	done(p);
	return NULL;
}

void
hd_keepalive_end(struct hd_keepalive *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	atomic_store(&p->stopping, true);
	pthread_cond_signal(&p->changed);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	done(p);
}
