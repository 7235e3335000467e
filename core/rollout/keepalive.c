#include "core/rollout/keepalive.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/rollout/lease.h"
#include "core/rollout/park.h"
#include "core/rollout/reconnect.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { LOOK_MS = 2000, AT_ONCE = 32 };

/* A thread that sends one keepalive. Each has its own, because a host that does
 * not answer must not delay the keepalives of the others. */
struct sending {
	struct hd_site *site;
	pthread_t thread;
	bool begun; /* only for the thread that looks */
	atomic_bool ended;
};

struct hd_keepalive {
	const struct hd_run *run;
	struct sending *all; /* one for each site */
	pthread_t thread;    /* looks for sites whose keepalive is due */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	atomic_bool stopping;
};

static bool
is_due(struct hd_site *s)
{
	bool due;

	if (pthread_mutex_trylock(&s->using) != 0)
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
			break;
		hd_site_drop(s);
	}
	if (s->parks && s->parked)
		hd_site_rest(s);
}

static void *
send_one(void *ctx)
{
	struct sending *x = ctx;

	if (!hd_cancel_requested() &&
	    pthread_mutex_trylock(&x->site->using) == 0) {
		if (hd_lease_due(x->site))
			send_keepalive(x->site);
		hd_site_leave(x->site);
	}
	atomic_store(&x->ended, true);
	return NULL;
}

/* Returns how many threads still send. */
static size_t
join(struct hd_keepalive *p, bool wait)
{
	size_t n = 0;

	for (size_t i = 0; i < p->run->nhosts; i++) {
		struct sending *x = &p->all[i];

		if (x->begun && (wait || atomic_load(&x->ended))) {
			pthread_join(x->thread, NULL);
			x->begun = false;
		}
		n += x->begun;
	}
	return n;
}

static void
send_due(struct hd_keepalive *p)
{
	size_t most = p->run->parallel > AT_ONCE ? p->run->parallel : AT_ONCE;
	size_t n = join(p, false);

	for (size_t i = 0; i < p->run->nhosts && n < most; i++) {
		struct sending *x = &p->all[i];

		if (x->begun || atomic_load(&p->stopping) || !is_due(x->site))
			continue;
		atomic_store(&x->ended, false);
		x->begun = pthread_create(&x->thread, NULL, send_one, x) == 0;
		n += x->begun;
	}
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
	(void)join(ctx, true);
	return NULL;
}

static void
done(struct hd_keepalive *p)
{
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p->all);
	free(p);
}

struct hd_keepalive *
hd_keepalive_begin(const struct hd_run *run, struct hd_site *sites)
{
	struct hd_keepalive *p = hd_alloc(sizeof(*p));

	*p = (struct hd_keepalive){ .run = run,
		.all = hd_alloc((run->nhosts + 1) * sizeof(struct sending)) };
	for (size_t i = 0; i < run->nhosts; i++)
		p->all[i] = (struct sending){ .site = &sites[i] };
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
