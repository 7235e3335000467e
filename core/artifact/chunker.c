#include "core/artifact/chunker.h"

#include "core/artifact/cuts.h"
#include "core/artifact/deflate.h"
#include "core/base/fs.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { JOBS_MAX = HD_CHUNKER_THREADS + 2 };

enum state { FREE, FULL, TAKEN, DONE };

/* One chunk on its way. */
struct job {
	enum state state;
	unsigned char *in, *out;
	size_t n, cap, out_n, out_cap;
	uint32_t crc;
};

/* The jobs are a ring: the caller fills them and writes them in turn, the
 * threads take them in turn. */
struct hd_chunker {
	int fd;
	struct hd_cuts cuts;
	struct hd_arena arena;
	struct hd_chunks chunks; /* those already written */
	size_t next;             /* the first cut that is still to come */
	uint64_t length;         /* bytes of the tar so far */
	uint64_t size;           /* bytes of the file so far */
	uint32_t crc;
	struct job jobs[JOBS_MAX];
	size_t njobs, filling, taking;
	struct hd_deflate *own; /* if no thread runs */
	pthread_t threads[HD_CHUNKER_THREADS];
	size_t nthreads;
	pthread_mutex_t lock; /* of taking, last and each job's state */
	pthread_cond_t changed;
	bool last; /* no more jobs will come */
};

static void
compress(struct hd_deflate *d, struct job *j)
{
	size_t most = hd_deflate_bound(j->n);

	if (j->out_cap < most) {
		free(j->out);
		j->out = hd_alloc(most);
		j->out_cap = most;
	}
	j->crc = hd_crc32(j->in, j->n);
	j->out_n = hd_deflate(d, j->in, j->n, j->out);
}

static void
set_state(struct hd_chunker *c, struct job *j, enum state state)
{
	pthread_mutex_lock(&c->lock);
	j->state = state;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

/* NULL: there will be none. */
static struct job *
take(struct hd_chunker *c)
{
	struct job *j;

	pthread_mutex_lock(&c->lock);
	while (j = &c->jobs[c->taking], j->state != FULL && !c->last)
		pthread_cond_wait(&c->changed, &c->lock);
	if (j->state == FULL) {
		j->state = TAKEN;
		c->taking = (c->taking + 1) % c->njobs;
	} else
		j = NULL;
	pthread_mutex_unlock(&c->lock);
	return j;
}

static void *
run(void *ctx)
{
	struct hd_chunker *c = ctx;
	struct hd_deflate *d = hd_deflate_new();
	struct job *j;

	while ((j = take(c)) != NULL) {
		compress(d, j);
		set_state(c, j, DONE);
	}
	hd_deflate_free(d);
	return NULL;
}

/* Signals are for the other threads. */
static void
start(struct hd_chunker *c, size_t threads)
{
	sigset_t all, before;

	c->njobs = threads + 2;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	while (c->nthreads < threads &&
	       pthread_create(&c->threads[c->nthreads], NULL, run, c) == 0)
		c->nthreads++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (c->nthreads == 0)
		c->own = hd_deflate_new();
}

struct hd_chunker *
hd_chunker_new(int fd, size_t threads)
{
	struct hd_chunker *c = hd_alloc(sizeof(*c));

	c->fd = fd;
	c->size = HD_CHUNK_ENDS;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	start(c, threads);
	return c;
}

void
hd_chunker_free(struct hd_chunker *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->last = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	for (size_t i = 0; i < c->nthreads; i++)
		pthread_join(c->threads[i], NULL);
	for (size_t i = 0; i < c->njobs; i++) {
		free(c->jobs[i].in);
		free(c->jobs[i].out);
	}
	hd_deflate_free(c->own);
	hd_cuts_done(&c->cuts);
	hd_arena_done(&c->arena);
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

/* Waits until no thread has the job, and writes its chunk if it has one. */
static int
retire(struct hd_chunker *c, struct job *j)
{
	pthread_mutex_lock(&c->lock);
	while (j->state == FULL || j->state == TAKEN)
		pthread_cond_wait(&c->changed, &c->lock);
	pthread_mutex_unlock(&c->lock);
	if (j->state == FREE)
		return 0;
	if (j->out_n == 0)
		return errno = EIO, -1;
	if (hd_fs_write_all(c->fd, j->out, j->out_n) < 0)
		return -1;
	*HD_PUSH(&c->arena, &c->chunks) =
	    (struct hd_chunk){ .offset = c->size, .length = j->out_n };
	c->size += j->out_n;
	c->crc = hd_crc32_join(c->crc, j->crc, j->n);
	j->n = 0;
	set_state(c, j, FREE);
	return 0;
}

static int
cut(struct hd_chunker *c)
{
	struct job *j = &c->jobs[c->filling];

	if (j->n == 0)
		return 0;
	if (c->own != NULL)
		compress(c->own, j);
	set_state(c, j, c->own != NULL ? DONE : FULL);
	c->filling = (c->filling + 1) % c->njobs;
	return retire(c, &c->jobs[c->filling]);
}

static void
fill(struct job *j, const unsigned char *p, size_t n)
{
	if (j->cap - j->n < n) {
		j->cap = j->n + n > HD_CUTS_STEP ? j->n + n : HD_CUTS_STEP;
		j->in = hd_realloc(j->in, j->cap);
	}
	memcpy(j->in + j->n, p, n);
	j->n += n;
}

void
hd_chunker_entry(struct hd_chunker *c, const char *path)
{
	hd_cuts_entry(&c->cuts, path, c->length);
}

void
hd_chunker_data(struct hd_chunker *c, uint64_t size)
{
	hd_cuts_data(&c->cuts, c->length, size);
}

static uint64_t
next_cut(const struct hd_chunker *c)
{
	return c->next < c->cuts.n ? c->cuts.v[c->next]
				   : hd_cuts_next(&c->cuts);
}

/* How many of n bytes come before the next cut. */
static size_t
before_cut(const struct hd_chunker *c, size_t n)
{
	uint64_t room = next_cut(c) - c->length;

	return room < n ? (size_t)room : n;
}

int
hd_chunker_add(struct hd_chunker *c, const void *p, size_t n)
{
	const unsigned char *at = p, *end = at + n;

	if (c->length == 0 &&
	    hd_fs_write_all(c->fd, HD_CHUNK_HEAD, HD_CHUNK_ENDS) < 0)
		return -1;
	while (at < end || next_cut(c) == c->length) {
		size_t some = before_cut(c, (size_t)(end - at));

		if (some == 0) {
			hd_cuts_pass(&c->cuts, c->length);
			c->next++;
			if (cut(c) < 0)
				return -1;
			continue;
		}
		fill(&c->jobs[c->filling], at, some);
		at += some;
		c->length += some;
	}
	return 0;
}

static void
put_le32(unsigned char *p, uint64_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(value >> 8 * i);
}

int
hd_chunker_end(struct hd_chunker *c)
{
	/* An empty last block of fixed codes, then gzip's end (RFC 1952). */
	unsigned char tail[HD_CHUNK_ENDS] = { 0x03, 0x00 };

	hd_cuts_end(&c->cuts, c->length);
	if (hd_chunker_add(c, "", 0) < 0)
		return -1;
	for (size_t i = 1; i < c->njobs; i++)
		if (retire(c, &c->jobs[(c->filling + i) % c->njobs]) < 0)
			return -1;
	put_le32(tail + 2, c->crc);
	put_le32(tail + 6, c->length);
	return hd_fs_write_all(c->fd, tail, sizeof(tail));
}

const struct hd_chunks *
hd_chunker_chunks(const struct hd_chunker *c)
{
	return &c->chunks;
}
