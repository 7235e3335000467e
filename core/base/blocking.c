#include "core/base/blocking.h"

#include "core/base/alloc.h"

#include <stdlib.h>

/* The thread frees it if it is abandoned, otherwise the caller does. */
struct job {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool returned, abandoned; /* guarded by lock; never both */
	void (*call)(void *data);
	void (*drop)(void *data);
	void *data;
};

static void
job_free(struct job *j)
{
	pthread_cond_destroy(&j->changed);
	pthread_mutex_destroy(&j->lock);
	free(j);
}

static void *
work(void *arg)
{
	struct job *j = arg;
	bool abandoned;

	j->call(j->data);
	pthread_mutex_lock(&j->lock);
	abandoned = j->abandoned;
	j->returned = !abandoned;
	pthread_cond_signal(&j->changed);
	pthread_mutex_unlock(&j->lock);
	if (abandoned) {
		j->drop(j->data);
		job_free(j);
	}
	return NULL;
}

bool
hd_blocking_run(void (*call)(void *data), void (*drop)(void *data), void *data,
    const struct hd_until *until)
{
	struct job *j = hd_alloc(sizeof(*j));
	pthread_t thread;
	bool returned;

	*j = (struct job){ .call = call, .drop = drop, .data = data };
	pthread_mutex_init(&j->lock, NULL);
	hd_clock_condition(&j->changed);
	if (pthread_create(&thread, NULL, work, j) == 0)
		pthread_detach(thread);
	else
		(void)work(j);
	pthread_mutex_lock(&j->lock);
	while (!j->returned && hd_clock_left(until->end) > 0 &&
	       !hd_cancel_reached(until->stage))
		hd_clock_moment(&j->changed, &j->lock);
	returned = j->returned;
	j->abandoned = !returned;
	pthread_mutex_unlock(&j->lock);
	if (returned)
		job_free(j);
	return returned;
}
