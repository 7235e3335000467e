/* Several runs on the same roots, over this machine's own shell. */
#include "tests/support/cmocka_all.h"
#include "tests/support/folder.h"

#include "core/base/clock.h"
#include "core/rollout/lease.h"
#include "core/rollout/lock.h"
#include "core/rollout/operate.h"
#include "core/rollout/park.h"
#include "transport/local.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOSTS = 4, RUNS = 3, LONG_MS = 300 * 1000, PATIENCE_MS = 60 * 1000 };

struct world {
	struct hd_host hosts[HOSTS];
	char names[HOSTS][16], paths[HOSTS][256];
	struct hd_app app;
	struct hd_env env;
	struct hd_sink sink;
	atomic_int inside[HOSTS]; /* runs that have the lock of the host */
	atomic_size_t open, most; /* connections */
};

/* One run: the hosts that it wants, in its own order. */
struct contender {
	struct world *w;
	struct hd_run run;
	const struct hd_host *list[HOSTS];
	struct hd_site *sites;
	char token[2];
	bool won, alone; /* alone: no other run had one of its hosts */
	pthread_t thread;
};

struct counted {
	struct hd_transport base;
	struct hd_transport *inner;
	struct world *w;
};

static int
counted_exec(struct hd_transport *t, const struct hd_exec *x, int *status,
    struct hd_err *err)
{
	return hd_tp_exec(((struct counted *)t)->inner, x, status, err);
}

static void
counted_close(struct hd_transport *t)
{
	struct counted *c = (struct counted *)t;

	atomic_fetch_sub(&c->w->open, 1);
	hd_tp_close(c->inner);
	free(t);
}

static const struct hd_transport_ops counted_ops = { .exec = counted_exec,
	.close = counted_close };

static int
connect_here(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err)
{
	struct world *w = ctx;
	struct counted *c = hd_alloc(sizeof(*c));
	size_t open = atomic_fetch_add(&w->open, 1) + 1;

	(void)host;
	(void)finish;
	c->base.ops = &counted_ops;
	c->w = w;
	if (open > atomic_load(&w->most))
		atomic_store(&w->most, open);
	*out = &c->base;
	return hd_local_open(&c->inner, NULL, err);
}

static void
ignore(void *ctx, const struct hd_event *ev)
{
	(void)ctx;
	(void)ev;
}

static void
world_init(struct world *w, const char *folder)
{
	*w = (struct world){ .app = { .name = "hotcode", .driver = "relx" },
		.env = { .name = "test" },
		.sink = { ignore, NULL } };
	for (size_t i = 0; i < HOSTS; i++) {
		snprintf(w->names[i], sizeof(w->names[i]), "web%zu", i);
		snprintf(
		    w->paths[i], sizeof(w->paths[i]), "%s/web%zu", folder, i);
		w->hosts[i] = (struct hd_host){ .name = w->names[i],
			.address = "localhost",
			.path = w->paths[i],
			.connect_timeout = 10000,
			.client_alive = 60000 };
		assert_int_equal(mkdir(w->paths[i], 0755), 0);
	}
}

static void
contender_init(struct contender *c, struct world *w, char token,
    const size_t *hosts, size_t n)
{
	*c = (struct contender){ .w = w, .token = { token, '\0' } };
	for (size_t i = 0; i < n; i++)
		c->list[i] = &w->hosts[hosts[i]];
	c->run = (struct hd_run){ .app = &w->app,
		.env = &w->env,
		.hosts = c->list,
		.nhosts = n,
		.goal = { .kind = HD_GOAL_PUSH },
		.parallel = HOSTS,
		.who = c->token,
		.token = c->token,
		.command = "push test",
		.connect = connect_here,
		.connect_ctx = w,
		.sink = &w->sink };
}

static void
release_all(struct contender *c)
{
	for (size_t i = 0; i < c->run.nhosts; i++)
		hd_lease_release(&c->sites[i], hd_clock_ms() + PATIENCE_MS);
}

/* Takes the locks, keeps them for a moment, and gives them back. No assertions:
 * a failed one would end only the thread. */
static void *
contend(void *ctx)
{
	struct contender *c = ctx;
	struct world *w = c->w;

	c->alone = true;
	c->sites = hd_sites_new(&c->run);
	c->won = hd_lock_all(&c->run, c->sites, false);
	for (size_t i = 0; c->won && i < c->run.nhosts; i++)
		c->alone &=
		    hd_lease_held(&c->sites[i]) &&
		    atomic_fetch_add(&w->inside[c->list[i] - w->hosts], 1) == 0;
	hd_clock_rest(c->won ? 20 : 0, HD_CANCEL_NEVER);
	for (size_t i = 0; c->won && i < c->run.nhosts; i++)
		atomic_fetch_sub(&w->inside[c->list[i] - w->hosts], 1);
	release_all(c);
	return NULL;
}

/* Any two of them overlap, each pair in another place. */
static void
three_at_once(struct world *w, struct contender *c, unsigned wait_ms)
{
	static const size_t hosts[RUNS][HOSTS] = { { 0, 1, 2, 3 }, { 3, 1, 0 },
		{ 2, 3 } };
	static const size_t n[RUNS] = { 4, 3, 2 };

	for (size_t i = 0; i < RUNS; i++) {
		contender_init(&c[i], w, (char)('a' + i), hosts[i], n[i]);
		c[i].run.wait_ms = wait_ms;
		assert_int_equal(
		    pthread_create(&c[i].thread, NULL, contend, &c[i]), 0);
	}
	for (size_t i = 0; i < RUNS; i++)
		pthread_join(c[i].thread, NULL);
	for (size_t i = 0; i < RUNS; i++)
		assert_true(c[i].alone);
}

static void
contenders_done(struct contender *c)
{
	for (size_t i = 0; i < RUNS; i++)
		hd_sites_free(&c[i].run, c[i].sites);
}

/* Whether the loser names the run that had a lock. */
static bool
says_who(const struct contender *c)
{
	for (size_t i = 0; i < c->run.nhosts; i++)
		if (c->sites[i].result == HD_RES_LOCKED)
			return strstr(c->sites[i].text, "locked by ") != NULL;
	return false;
}

static void
one_of_the_runs_that_collide_wins_and_the_others_name_it(void **state)
{
	struct contender c[RUNS];
	struct world w;
	size_t won = 0;

	world_init(&w, *state);
	three_at_once(&w, c, 0);
	for (size_t i = 0; i < RUNS; i++) {
		won += c[i].won;
		assert_true(c[i].won || says_who(&c[i]));
	}
	assert_true(won > 0);
	contenders_done(c);
}

static void
runs_that_wait_all_get_their_turn(void **state)
{
	struct contender c[RUNS];
	struct world w;

	world_init(&w, *state);
	three_at_once(&w, c, LONG_MS);
	for (size_t i = 0; i < RUNS; i++)
		assert_true(c[i].won);
	contenders_done(c);
}

/* A run that waits for one host keeps no other run from its other hosts. */
static void
a_run_that_meets_a_lock_gives_back_its_own(void **state)
{
	static const size_t all[] = { 0, 1, 2, 3 };
	struct contender holder, loser, other;
	struct world w;

	world_init(&w, *state);
	contender_init(&holder, &w, 'h', &all[2], 1);
	contender_init(&loser, &w, 'l', all, HOSTS);
	contender_init(&other, &w, 'o', all, 2);
	holder.sites = hd_sites_new(&holder.run);
	assert_true(hd_lock_all(&holder.run, holder.sites, false));
	loser.sites = hd_sites_new(&loser.run);
	assert_false(hd_lock_all(&loser.run, loser.sites, false));
	assert_true(says_who(&loser));
	for (size_t i = 0; i < HOSTS; i++)
		assert_false(hd_lease_held(&loser.sites[i]));
	other.sites = hd_sites_new(&other.run);
	assert_true(hd_lock_all(&other.run, other.sites, false));
	release_all(&holder);
	release_all(&other);
	hd_sites_free(&holder.run, holder.sites);
	hd_sites_free(&loser.run, loser.sites);
	hd_sites_free(&other.run, other.sites);
}

static bool
exists(const char *folder, const char *path)
{
	return access(folder_path(folder, path), F_OK) == 0;
}

/* Two of four connections can stay open. */
static void
hosts_at_rest_lose_their_connection_but_not_their_lock(void **state)
{
	static const size_t all[] = { 0, 1, 2, 3 };
	struct hd_err err = { 0 };
	struct contender c, thief;
	struct hd_site *last;
	struct world w;

	world_init(&w, *state);
	contender_init(&c, &w, 'c', all, HOSTS);
	contender_init(&thief, &w, 't', all, HOSTS);
	c.run.open = 2;
	c.run.parallel = 1;
	c.sites = hd_sites_new(&c.run);
	assert_true(hd_lock_all(&c.run, c.sites, false));
	assert_int_equal(atomic_load(&w.open), 2);
	assert_int_equal(atomic_load(&w.most), 3);
	thief.sites = hd_sites_new(&thief.run);
	assert_false(hd_lock_all(&thief.run, thief.sites, false));

	last = &c.sites[3];
	assert_null(last->t);
	assert_true(hd_lease_held(last));
	assert_false(hd_lease_due(last));
	assert_false(exists(*state, "web3/.hdeploy/connection.1"));
	hd_site_wake(last); /* its wave begins */
	assert_true(hd_lease_due(last));
	assert_hd_ok(hd_site_connect(last, &err), &err);
	assert_non_null(last->t);
	assert_true(exists(*state, "web3/.hdeploy/connection.1"));
	hd_site_rest(last);
	assert_null(last->t);
	assert_true(last->parked);
	assert_false(exists(*state, "web3/.hdeploy/connection.1"));
	release_all(&c);
	for (size_t i = 0; i < HOSTS; i++)
		hd_site_aim(&thief.sites[i], &thief.run.goal);
	assert_true(hd_lock_all(&thief.run, thief.sites, false));
	release_all(&thief);
	hd_sites_free(&c.run, c.sites);
	hd_sites_free(&thief.run, thief.sites);
}

#define test(f)                                                                \
	cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(one_of_the_runs_that_collide_wins_and_the_others_name_it),
		test(runs_that_wait_all_get_their_turn),
		test(a_run_that_meets_a_lock_gives_back_its_own),
		test(hosts_at_rest_lose_their_connection_but_not_their_lock),
	};

	return cmocka_run_group_tests_name("locks", tests, NULL, NULL);
}
