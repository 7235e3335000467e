/* Signs of life over this machine's own shell, and over hosts that are lost. */
#include "tests/support/cmocka_all.h"
#include "tests/support/folder.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/rollout/lease.h"
#include "core/rollout/lock.h"
#include "core/rollout/look.h"
#include "core/rollout/operate.h"
#include "core/rollout/keepalive.h"
#include "core/rollout/park.h"
#include "transport/local.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOSTS = 4, LONG_AGO_MS = 60 * 1000, PATIENCE_MS = 60 * 1000 };

struct world {
	struct hd_host hosts[HOSTS];
	const struct hd_host *list[HOSTS];
	char names[HOSTS][16], paths[HOSTS][256];
	struct hd_app app;
	struct hd_env env;
	struct hd_sink sink;
	struct hd_run run;
	struct hd_site sites[HOSTS];
	atomic_uint connected;
};

/* A connection that is gone: one kind says so at once, the other is silent for
 * as long as somebody listens. */
struct gone {
	struct hd_transport base;
	struct hd_transport *inner;
};
static atomic_bool asked, answer; /* the silent one */

static int
lost_exec(struct hd_transport *t, const struct hd_exec *x, int *status,
    struct hd_err *err)
{
	(void)t;
	(void)x;
	(void)status;
	return hd_err_set(err, HD_ECONNECT, "it broke");
}

static int
silent_exec(struct hd_transport *t, const struct hd_exec *x, int *status,
    struct hd_err *err)
{
	(void)t;
	(void)status;
	atomic_store(&asked, true);
	while (!atomic_load(&answer) &&
	       !hd_cancel_reached(x->soon ? HD_CANCEL_SOON : HD_CANCEL_NOW))
		hd_clock_rest(1, HD_CANCEL_NEVER);
	return hd_err_set(err, HD_ECANCELED, "interrupted");
}

static void
gone_close(struct hd_transport *t)
{
	hd_tp_close(((struct gone *)t)->inner);
	free(t);
}

static const struct hd_transport_ops lost_ops = { .exec = lost_exec,
	.close = gone_close };
static const struct hd_transport_ops silent_ops = { .exec = silent_exec,
	.close = gone_close };

static void
wrap(struct hd_site *s, const struct hd_transport_ops *ops)
{
	struct gone *g = hd_alloc(sizeof(*g));

	g->base.ops = ops;
	g->inner = s->t;
	s->t = &g->base;
}

static int
connect_here(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err)
{
	struct world *w = ctx;

	(void)host;
	(void)finish;
	atomic_fetch_add(&w->connected, 1);
	return hd_local_open(out, NULL, err);
}

static void
ignore(void *ctx, const struct hd_event *ev)
{
	(void)ctx;
	(void)ev;
}

/* All connected and locked, but for the last, whose root is not there; their
 * signs are overdue. */
static void
world_init(struct world *w, const char *folder)
{
	*w = (struct world){ .app = { .name = "hotcode", .driver = "relx" },
		.env = { .name = "test" },
		.sink = { ignore, NULL } };
	w->run = (struct hd_run){ .app = &w->app,
		.env = &w->env,
		.hosts = w->list,
		.nhosts = HOSTS,
		.goal = { .kind = HD_GOAL_PUSH },
		.parallel = 2,
		.who = "tester@here",
		.token = "t",
		.command = "push test",
		.connect = connect_here,
		.connect_ctx = w,
		.sink = &w->sink };
	for (size_t i = 0; i < HOSTS; i++) {
		struct hd_err err = { 0 };

		snprintf(w->names[i], sizeof(w->names[i]), "web%zu", i);
		snprintf(
		    w->paths[i], sizeof(w->paths[i]), "%s/web%zu", folder, i);
		w->hosts[i] = (struct hd_host){ .name = w->names[i],
			.address = "localhost",
			.path = w->paths[i],
			.connect_timeout = 10000,
			.client_alive = 60000 };
		w->list[i] = &w->hosts[i];
		if (i + 1 < HOSTS)
			assert_int_equal(mkdir(w->paths[i], 0755), 0);
		hd_site_init(&w->sites[i], &w->run, &w->hosts[i]);
		assert_hd_ok(hd_site_connect(&w->sites[i], &err), &err);
	}
	assert_true(hd_lock_all(&w->run, w->sites, false));
	for (size_t i = 0; i < HOSTS; i++)
		w->sites[i].sign = hd_clock_ms() - LONG_AGO_MS;
}

static void
world_done(struct world *w)
{
	for (size_t i = 0; i < HOSTS; i++) {
		hd_lease_release(&w->sites[i], hd_clock_ms() + PATIENCE_MS);
		hd_site_done(&w->sites[i]);
	}
}

/* Whether a sign was given and answered. */
static bool
signed_now(struct hd_site *s)
{
	bool yes;

	hd_site_use(s);
	yes = s->t != NULL && hd_clock_ms() - s->sign < LONG_AGO_MS;
	hd_site_leave(s);
	return yes;
}

static void
await(struct hd_site *s)
{
	int64_t until = hd_clock_ms() + PATIENCE_MS;

	while (!signed_now(s)) {
		assert_true(hd_clock_left(until) > 0);
		hd_clock_rest(1, HD_CANCEL_NEVER);
	}
}

static void
a_host_that_nobody_uses_gets_signs_of_life_and_one_in_use_gets_none(
    void **state)
{
	struct hd_err err = { 0 };
	struct hd_keepalive *p;
	struct world w;

	world_init(&w, *state);
	hd_site_use(&w.sites[1]);
	p = hd_keepalive_begin(&w.run, w.sites);
	assert_non_null(p);
	while (!signed_now(&w.sites[2])) /* beside who works on another */
		assert_hd_ok(hd_site_look(&w.sites[0], &err), &err);
	await(&w.sites[0]);
	assert_false(signed_now(&w.sites[1]));
	hd_site_leave(&w.sites[1]);
	await(&w.sites[1]);
	assert_false(signed_now(&w.sites[3])); /* not locked */
	hd_keepalive_end(p);
	assert_int_equal(w.connected, HOSTS);
	assert_int_equal(
	    access(folder_path(*state, "web1/.hdeploy/sign.1"), F_OK), 0);
	world_done(&w);
}

static void
a_connection_that_broke_meanwhile_is_opened_again(void **state)
{
	struct hd_keepalive *p;
	struct world w;

	world_init(&w, *state);
	wrap(&w.sites[0], &lost_ops);
	p = hd_keepalive_begin(&w.run, w.sites);
	await(&w.sites[0]);
	hd_keepalive_end(p);
	assert_int_equal(w.connected, HOSTS + 1);
	world_done(&w);
}

/* Who works on a host gives its signs as well. */
static void
a_long_use_of_a_host_sends_keepalives_in_between(void **state)
{
	struct hd_err err = { 0 };
	struct world w;

	world_init(&w, *state);
	assert_hd_ok(hd_site_connect(&w.sites[0], &err), &err);
	assert_true(signed_now(&w.sites[0]));
	/* and where that shows that the connection broke, opens it again */
	wrap(&w.sites[1], &lost_ops);
	assert_hd_ok(hd_site_connect(&w.sites[1], &err), &err);
	assert_true(signed_now(&w.sites[1]));
	assert_int_equal(w.connected, HOSTS + 1);
	world_done(&w);
}

static void
silence_is_allowed_for_client_alive_or_longer_than_a_tunnel_may_take(
    void **state)
{
	static const struct {
		unsigned client_alive, health_deadline; /* in ms */
		enum hd_health_kind kind;
		unsigned seconds;
	} rows[] = {
		{ 60000, 10000, HD_HEALTH_COMMAND, 60 },
		{ 60000, 180000, HD_HEALTH_COMMAND, 60 },
		{ 60000, 10000, HD_HEALTH_TCP, 60 },
		{ 60000, 180000, HD_HEALTH_TCP, 215 },
		{ 15000, 10000, HD_HEALTH_HTTP, 45 },
		{ 600000, 10000, HD_HEALTH_HTTP, 600 },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_health check = { .kind = rows[i].kind };
		struct hd_host host = { .client_alive = rows[i].client_alive,
			.health_deadline = rows[i].health_deadline,
			.health = { &check, 1, 1 } };

		assert_int_equal(hd_lease_keepalive(&host), rows[i].seconds);
	}
}

/* As many as hosts: none waits for a thread of the pool. */
static void
hosts_that_do_not_answer_delay_no_keepalive_of_another(void **state)
{
	struct hd_keepalive *p;
	struct world w;

	world_init(&w, *state);
	wrap(&w.sites[0], &silent_ops);
	p = hd_keepalive_begin(&w.run, w.sites);
	while (!atomic_load(&asked))
		hd_clock_rest(1, HD_CANCEL_NEVER);
	/* the first host still waits for its answer */
	for (int i = 0; i < 2; i++) {
		hd_site_use(&w.sites[1]);
		w.sites[1].sign = hd_clock_ms() - LONG_AGO_MS;
		hd_site_leave(&w.sites[1]);
		await(&w.sites[1]);
	}
	assert_true(pthread_mutex_trylock(&w.sites[0].using) != 0);
	atomic_store(&answer, true);
	hd_keepalive_end(p);
	atomic_store(&answer, false);
	atomic_store(&asked, false);
	world_done(&w);
}

static int
noted_exec(struct hd_transport *t, const struct hd_exec *x, int *status,
    struct hd_err *err)
{
	(void)t;
	(void)status;
	atomic_store(&asked, x->soon);
	return hd_err_set(err, HD_EREMOTE, "no answer");
}

static const struct hd_transport_ops noted_ops = { .exec = noted_exec,
	.close = gone_close };

static void
only_a_host_whose_change_has_begun_outlasts_the_first_signal(void **state)
{
	struct hd_err err = { 0 };
	struct world w;

	world_init(&w, *state);
	for (int begun = 0; begun < 2; begun++) {
		wrap(&w.sites[begun], &noted_ops);
		w.sites[begun].begun = begun;
		assert_hd_fails(
		    hd_site_look(&w.sites[begun], &err), &err, HD_EREMOTE);
		assert_int_equal(atomic_load(&asked), !begun);
	}
	atomic_store(&asked, false);
	world_done(&w);
}

/* Too many connections are open; a keepalive that fails must not undo that the
 * host's plan is about to be applied. */
static void
a_keepalive_that_fails_parks_no_host_that_was_woken(void **state)
{
	struct hd_crowd crowd = { .limit = 1, .open = HOSTS };
	struct hd_err err = { 0 };
	struct hd_keepalive *p;
	struct world w;

	world_init(&w, *state);
	w.sites[0].crowd = &crowd;
	w.sites[0].parks = true;
	assert_hd_ok(hd_lease_sign(&w.sites[0], &err), &err);
	assert_true(w.sites[0].parked);
	hd_site_wake(&w.sites[0]);
	wrap(&w.sites[0], &noted_ops);
	p = hd_keepalive_begin(&w.run, w.sites);
	while (!atomic_load(&asked))
		hd_clock_rest(1, HD_CANCEL_NEVER);
	hd_keepalive_end(p);
	assert_false(w.sites[0].parks);
	atomic_store(&asked, false);
	world_done(&w);
}

/* The last test: nothing takes an interruption back. */
static void
a_silent_host_keeps_no_interrupted_run_from_ending(void **state)
{
	struct hd_keepalive *p;
	struct world w;

	world_init(&w, *state);
	wrap(&w.sites[0], &silent_ops);
	p = hd_keepalive_begin(&w.run, w.sites);
	while (!atomic_load(&asked))
		hd_clock_rest(1, HD_CANCEL_NEVER);
	hd_cancel_request();
	hd_keepalive_end(p);
	assert_null(w.sites[0].t);
	world_done(&w);
}

#define test(f)                                                                \
	cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(
		    a_host_that_nobody_uses_gets_signs_of_life_and_one_in_use_gets_none),
		test(a_connection_that_broke_meanwhile_is_opened_again),
		test(a_long_use_of_a_host_sends_keepalives_in_between),
		test(
		    only_a_host_whose_change_has_begun_outlasts_the_first_signal),
		test(
		    silence_is_allowed_for_client_alive_or_longer_than_a_tunnel_may_take),
		test(hosts_that_do_not_answer_delay_no_keepalive_of_another),
		test(a_keepalive_that_fails_parks_no_host_that_was_woken),
		test(a_silent_host_keeps_no_interrupted_run_from_ending),
	};

	return cmocka_run_group_tests_name("keepalive", tests, NULL, NULL);
}
