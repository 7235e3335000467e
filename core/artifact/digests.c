#include "core/artifact/digests.h"

#include "core/base/alloc.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

/* Enough that neither thread waits for the other for long. */
static const size_t WAITING_MAX = (size_t)48 * 1024 * 1024;

struct job {
	struct hd_content *content;
	const char *path;
	size_t item, bytes;
	struct hd_sums sums;
	struct hd_elf elf;
	bool program;
	struct job *next;
};

struct hd_digests {
	pthread_t thread;
	bool threaded, last; /* no more jobs will come */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct job *first, **end, *todo;
	size_t waiting;        /* bytes of the jobs from todo on */
	struct hd_arena arena; /* of the thread alone */
};

static void
work(struct hd_digests *d, struct job *j)
{
	size_t n;
	const void *program = hd_content_program(j->content, &n);

	j->program =
	    program != NULL && hd_elf_read(&j->elf, &d->arena, program, n);
	hd_content_sums(j->content, &j->sums);
	hd_content_free(j->content);
	j->content = NULL;
}

/* The next job; NULL: there will be none. */
static struct job *
wait_for_job(struct hd_digests *d)
{
	struct job *j;

	pthread_mutex_lock(&d->lock);
	while (d->todo == NULL && !d->last)
		pthread_cond_wait(&d->changed, &d->lock);
	j = d->todo;
	pthread_mutex_unlock(&d->lock);
	return j;
}

static void *
run(void *ctx)
{
	struct hd_digests *d = ctx;
	struct job *j;

	while ((j = wait_for_job(d)) != NULL) {
		work(d, j);
		pthread_mutex_lock(&d->lock);
		d->todo = j->next;
		d->waiting -= j->bytes;
		pthread_cond_broadcast(&d->changed);
		pthread_mutex_unlock(&d->lock);
	}
	return NULL;
}

/* Signals are for the other threads. */
static bool
start(struct hd_digests *d)
{
	sigset_t all, before;
	int status;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	status = pthread_create(&d->thread, NULL, run, d);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status == 0;
}

struct hd_digests *
hd_digests_new(void)
{
	struct hd_digests *d = hd_alloc(sizeof(*d));

	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->changed, NULL);
	d->end = &d->first;
	d->threaded = start(d);
	return d;
}

void
hd_digests_add(
    struct hd_digests *d, struct hd_content *c, const char *path, size_t item)
{
	struct job *j = hd_alloc(sizeof(*j));

	*j = (struct job){ .content = c,
		.path = path,
		.item = item,
		.bytes = hd_content_kept(c) };
	if (!d->threaded)
		work(d, j);
	pthread_mutex_lock(&d->lock);
	while (d->threaded && d->waiting > WAITING_MAX)
		pthread_cond_wait(&d->changed, &d->lock);
	*d->end = j;
	d->end = &j->next;
	if (d->threaded) {
		d->todo = d->todo != NULL ? d->todo : j;
		d->waiting += j->bytes;
		pthread_cond_broadcast(&d->changed);
	}
	pthread_mutex_unlock(&d->lock);
}

void
hd_digests_end(struct hd_digests *d, hd_digests_fn *take, void *ctx)
{
	pthread_mutex_lock(&d->lock);
	d->last = true;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->lock);
	if (d->threaded)
		pthread_join(d->thread, NULL);
	for (struct job *j = d->first, *next; j != NULL; j = next) {
		next = j->next;
		if (take != NULL)
			take(ctx, j->path, j->item, &j->sums,
			    j->program ? &j->elf : NULL);
		free(j);
	}
	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->lock);
	hd_arena_done(&d->arena);
	free(d);
}
