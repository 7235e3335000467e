#include "core/rollout/ahead.h"

#include "core/base/clock.h"
#include "core/base/index.h"
#include "core/rollout/fleet.h"

#include <stdlib.h>

enum state { NOT_BEGUN, OPENING, ENDED, TAKEN };

/* The connection to one host. */
struct slot {
	enum state state;
	struct hd_transport *t; /* NULL: failed, or taken */
	struct hd_err err;
	int64_t ended; /* hd_clock_ms() */
};

struct hd_ahead {
	const struct hd_host *const *hosts;
	size_t n;
	unsigned parallel, idle_ms;
	hd_connect_fn *connect;
	void *ctx;
	struct slot *slots;
	struct hd_arena arena;
	struct hd_index
	    places;           /* in slots, counted from 1, by the host's name */
	pthread_mutex_t lock; /* guards slots */
	pthread_cond_t changed;
	pthread_t thread;
	bool begun;
};

static void
open_one(void *ctx, size_t i)
{
	struct hd_ahead *a = ctx;
	struct slot *s = &a->slots[i];
	struct hd_transport *t = NULL;
	struct hd_err err = { 0 };
	bool mine;

	pthread_mutex_lock(&a->lock);
	mine = s->state == NOT_BEGUN;
	if (mine)
		s->state = OPENING;
	pthread_mutex_unlock(&a->lock);
	if (!mine)
		return;
	if (a->connect(a->ctx, a->hosts[i], false, &t, &err) < 0)
		t = NULL;
	pthread_mutex_lock(&a->lock);
	s->state = ENDED;
	s->t = t;
	s->err = err;
	s->ended = hd_clock_ms();
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
}

static void *
open_all(void *ctx)
{
	struct hd_ahead *a = ctx;

	hd_fleet_run(a->n, a->parallel, open_one, a);
	return NULL;
}

struct hd_ahead *
hd_ahead_begin(const struct hd_host *const *hosts, size_t n, unsigned parallel,
    unsigned idle_ms, hd_connect_fn *connect, void *ctx)
{
	struct hd_ahead *a = hd_alloc(sizeof(*a));

	*a = (struct hd_ahead){ .hosts = hosts,
		.n = n < parallel ? n : parallel,
		.parallel = parallel,
		.idle_ms = idle_ms,
		.connect = connect,
		.ctx = ctx };
	a->slots = hd_alloc((a->n + 1) * sizeof(*a->slots));
	for (size_t i = 0; i < a->n; i++)
		*hd_index_at(&a->places, &a->arena, hosts[i]->name) = i + 1;
	pthread_mutex_init(&a->lock, NULL);
	hd_clock_condition(&a->changed);
	a->begun = pthread_create(&a->thread, NULL, open_all, a) == 0;
	return a;
}

/* Takes the connection of this slot. Returns whether there was one, or an
 * error. */
static bool
take(struct hd_ahead *a, struct slot *s, struct hd_transport **t,
    struct hd_err *err)
{
	bool was = false;

	pthread_mutex_lock(&a->lock);
	while (s->state == OPENING)
		hd_clock_moment(&a->changed, &a->lock);
	if (s->state == ENDED) {
		was = true;
		*t = s->t;
		*err = s->err;
		s->t = NULL;
	}
	s->state = TAKEN;
	pthread_mutex_unlock(&a->lock);
	return was;
}

/* From now on the run connects to its hosts itself. */
static void
begin_no_more(struct hd_ahead *a)
{
	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < a->n; i++)
		if (a->slots[i].state == NOT_BEGUN)
			a->slots[i].state = TAKEN;
	pthread_mutex_unlock(&a->lock);
}

int
hd_ahead_connect(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err)
{
	struct hd_ahead *a = ctx;
	size_t place = hd_index_get(&a->places, host->name);
	struct slot *s = place > 0 ? &a->slots[place - 1] : NULL;
	struct hd_transport *t = NULL;
	struct hd_err found = { 0 };

	begin_no_more(a);
	if (s != NULL && take(a, s, &t, &found)) {
		bool fresh = hd_clock_ms() - s->ended <= a->idle_ms;

		if (fresh && t != NULL) {
			*out = t;
			return 0;
		}
		if (fresh) {
			*err = found;
			return -1;
		}
		hd_tp_close(t);
	}
	return a->connect(a->ctx, host, finish, out, err);
}

void
hd_ahead_end(struct hd_ahead *a)
{
	if (a == NULL)
		return;
	begin_no_more(a);
	if (a->begun)
		pthread_join(a->thread, NULL);
	for (size_t i = 0; i < a->n; i++)
		hd_tp_close(a->slots[i].t);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	hd_arena_done(&a->arena);
	free(a->slots);
	free(a);
}
