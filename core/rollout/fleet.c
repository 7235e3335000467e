#include "core/rollout/fleet.h"

#include "core/base/alloc.h"

#include <pthread.h>
#include <stdatomic.h>

struct pool {
	atomic_size_t next;
	size_t n;
	hd_fleet_fn *job;
	void *ctx;
};

static void *
work(void *arg)
{
	struct pool *p = arg;
	size_t i;

	while ((i = atomic_fetch_add(&p->next, 1)) < p->n)
		p->job(p->ctx, i);
	return NULL;
}

void
hd_fleet_run(size_t n, unsigned parallel, hd_fleet_fn *job, void *ctx)
{
	struct pool p = { .n = n, .job = job, .ctx = ctx };
	size_t limit = n < parallel ? n : parallel, started = 0;
	HD_AUTO_FREE pthread_t *threads =
	    hd_alloc((limit + 1) * sizeof(*threads));

	while (started + 1 < limit &&
	       pthread_create(&threads[started], NULL, work, &p) == 0)
		started++;
	work(&p); /* this thread works too, in case no thread can be created */
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}
