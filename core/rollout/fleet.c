#include "core/rollout/fleet.h"

#include "core/base/alloc.h"
#include "core/base/clock.h"

#include <pthread.h>
#include <stdbool.h>

/* LONG_MS: a wait that lets another job begin. LENT_MAX: of those jobs. */
enum { LONG_MS = 1000, LENT_MAX = 128 };

struct pool;

/* One thread that runs jobs. */
struct worker {
	struct pool *pool;
	pthread_t thread;
	int64_t waits; /* hd_clock_ms() when its wait began; 0: it works */
};

struct pool {
	pthread_mutex_t lock; /* guards all that changes */
	pthread_cond_t changed;
	size_t next, n;
	size_t parallel;
	hd_fleet_fn *job;
	void *ctx;
	struct worker *workers;
	size_t nworkers, max; /* threads that exist, that can exist */
	size_t running;       /* jobs */
};

static _Thread_local struct worker *self;

static void
set_wait(int64_t since)
{
	struct worker *w = self;

	if (w == NULL)
		return;
	pthread_mutex_lock(&w->pool->lock);
	w->waits = since;
	pthread_mutex_unlock(&w->pool->lock);
}

void
hd_fleet_wait_begin(void)
{
	set_wait(hd_clock_ms());
}

void
hd_fleet_wait_end(void)
{
	set_wait(0);
}

/* How many jobs can run: those that wait for long do not count. */
static size_t
room(const struct pool *p)
{
	size_t n = p->parallel;
	int64_t now = hd_clock_ms();

	for (size_t i = 0; i < p->nworkers; i++)
		n += p->workers[i].waits != 0 &&
		     now - p->workers[i].waits >= LONG_MS;
	return n;
}

static bool
can_begin(const struct pool *p)
{
	return p->next < p->n && p->running < room(p);
}

/* Call with the lock. */
static void
run_next(struct pool *p)
{
	size_t i = p->next++;

	p->running++;
	pthread_mutex_unlock(&p->lock);
	p->job(p->ctx, i);
	pthread_mutex_lock(&p->lock);
	p->running--;
	pthread_cond_broadcast(&p->changed);
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct pool *p = w->pool;

	self = w;
	pthread_mutex_lock(&p->lock);
	while (p->next < p->n) {
		if (can_begin(p))
			run_next(p);
		else
			hd_clock_moment(&p->changed, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static void
add_worker(struct pool *p)
{
	struct worker *w = &p->workers[p->nworkers++];

	*w = (struct worker){ .pool = p };
	if (pthread_create(&w->thread, NULL, work, w) != 0)
		p->max = --p->nworkers;
}

/* Begins threads while there is work for them. If none can be created, this one
 * runs the jobs. */
static void
supervise(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	while (p->next < p->n) {
		size_t wanted = room(p);

		while (p->nworkers < wanted && p->nworkers < p->max)
			add_worker(p);
		if (p->nworkers > 0)
			hd_clock_moment(&p->changed, &p->lock);
		else
			run_next(p);
	}
	pthread_mutex_unlock(&p->lock);
}

void
hd_fleet_run(size_t n, unsigned parallel, hd_fleet_fn *job, void *ctx)
{
	struct pool p = { .n = n,
		.parallel = parallel > 0 ? parallel : 1,
		.job = job,
		.ctx = ctx };
	size_t limit = p.parallel + LENT_MAX;
	HD_AUTO_FREE struct worker *workers = NULL;

	p.max = n < limit ? n : limit;
	p.workers = workers = hd_alloc((p.max + 1) * sizeof(*workers));
	pthread_mutex_init(&p.lock, NULL);
	hd_clock_condition(&p.changed);
	supervise(&p);
	for (size_t i = 0; i < p.nworkers; i++)
		pthread_join(workers[i].thread, NULL);
	pthread_cond_destroy(&p.changed);
	pthread_mutex_destroy(&p.lock);
}
