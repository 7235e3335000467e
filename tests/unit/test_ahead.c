#include "tests/support/cmocka_all.h"

#include "core/base/clock.h"
#include "core/rollout/ahead.h"

#include <stdatomic.h>
#include <string.h>

enum { HOSTS = 6, LONG_MS = 60 * 1000 };

/* A connection that counts itself. */
struct wire {
	struct hd_transport base;
	struct world *world;
};

struct world {
	struct hd_host host[HOSTS];
	const struct hd_host *hosts[HOSTS];
	struct wire wires[HOSTS * 4];
	atomic_uint made, closed, calls[HOSTS];
	atomic_bool held; /* no connection is made meanwhile */
	const char *down; /* name of a host */
};

static void
wire_close(struct hd_transport *t)
{
	atomic_fetch_add(&((struct wire *)t)->world->closed, 1);
}

static int
make(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err)
{
	static const struct hd_transport_ops ops = { .close = wire_close };
	struct world *w = ctx;
	struct wire *wire;

	(void)finish;
	atomic_fetch_add(&w->calls[host - w->host], 1);
	while (atomic_load(&w->held))
		hd_clock_rest(1, HD_CANCEL_NEVER);
	if (w->down != NULL && strcmp(w->down, host->name) == 0)
		return hd_err_set(err, HD_ECONNECT, "%s is down", host->name);
	wire = &w->wires[atomic_fetch_add(&w->made, 1)];
	*wire = (struct wire){ .base = { .ops = &ops }, .world = w };
	*out = &wire->base;
	return 0;
}

static void
begin(struct world *w)
{
	static const char *const names[HOSTS] = { "a", "b", "c", "d", "e",
		"f" };

	memset(w, 0, sizeof(*w));
	for (size_t i = 0; i < HOSTS; i++) {
		w->host[i].name = names[i];
		w->hosts[i] = &w->host[i];
	}
}

static struct hd_transport *
connect_to(struct hd_ahead *a, struct world *w, size_t i)
{
	struct hd_transport *t = NULL;
	struct hd_err err = { 0 };

	assert_hd_ok(hd_ahead_connect(a, w->hosts[i], false, &t, &err), &err);
	assert_non_null(t);
	return t;
}

static void
await(atomic_uint *n, unsigned value)
{
	while (atomic_load(n) < value)
		hd_clock_rest(1, HD_CANCEL_NEVER);
}

static void
each_host_is_connected_once(void **state)
{
	struct world w;
	struct hd_ahead *a;

	(void)state;
	begin(&w);
	a = hd_ahead_begin(w.hosts, HOSTS, HOSTS, LONG_MS, make, &w);
	await(&w.made, HOSTS);
	for (size_t i = 0; i < HOSTS; i++)
		hd_tp_close(connect_to(a, &w, i));
	hd_ahead_end(a);
	assert_int_equal(w.made, HOSTS);
	assert_int_equal(w.closed, HOSTS);
}

static void
a_run_waits_for_a_connection_that_is_being_opened(void **state)
{
	struct world w;
	struct hd_ahead *a;

	(void)state;
	begin(&w);
	atomic_store(&w.held, true);
	a = hd_ahead_begin(w.hosts, 1, HOSTS, LONG_MS, make, &w);
	await(&w.calls[0], 1);
	atomic_store(&w.held, false);
	hd_tp_close(connect_to(a, &w, 0));
	hd_ahead_end(a);
	assert_int_equal(w.calls[0], 1);
}

static void
only_as_many_hosts_as_the_run_works_on_at_once(void **state)
{
	struct world w;
	struct hd_ahead *a;

	(void)state;
	begin(&w);
	a = hd_ahead_begin(w.hosts, HOSTS, 2, LONG_MS, make, &w);
	await(&w.made, 2);
	hd_tp_close(connect_to(a, &w, 4));
	assert_int_equal(w.calls[2] + w.calls[3] + w.calls[5], 0);
	assert_int_equal(w.calls[4], 1);
	hd_ahead_end(a);
	assert_int_equal(w.made, 3);
	assert_int_equal(w.closed, 3);
}

static void
an_error_is_that_of_the_run_once(void **state)
{
	struct hd_transport *t = NULL;
	struct hd_err err = { 0 };
	struct world w;
	struct hd_ahead *a;

	(void)state;
	begin(&w);
	w.down = "b";
	a = hd_ahead_begin(w.hosts, HOSTS, HOSTS, LONG_MS, make, &w);
	await(&w.made, HOSTS - 1);
	assert_int_equal(hd_ahead_connect(a, w.hosts[1], false, &t, &err), -1);
	assert_int_equal(err.code, HD_ECONNECT);
	assert_string_equal(err.msg, "b is down");
	assert_int_equal(w.calls[1], 1);
	w.down = NULL;
	hd_tp_close(connect_to(a, &w, 1)); /* it tries again */
	assert_int_equal(w.calls[1], 2);
	hd_ahead_end(a);
	assert_int_equal(w.made, w.closed);
}

static void
a_second_connection_to_a_host_is_a_new_one(void **state)
{
	struct hd_transport *first, *second;
	struct world w;
	struct hd_ahead *a;

	(void)state;
	begin(&w);
	a = hd_ahead_begin(w.hosts, 1, 1, LONG_MS, make, &w);
	first = connect_to(a, &w, 0);
	second = connect_to(a, &w, 0);
	assert_ptr_not_equal(first, second);
	hd_tp_close(first);
	hd_tp_close(second);
	hd_ahead_end(a);
	assert_int_equal(w.closed, 2);
}

static void
a_connection_that_waited_too_long_is_replaced(void **state)
{
	struct world w;
	struct hd_ahead *a;

	(void)state;
	begin(&w);
	a = hd_ahead_begin(w.hosts, 1, 1, 20, make, &w);
	await(&w.made, 1);
	hd_clock_rest(60, HD_CANCEL_NEVER);
	hd_tp_close(connect_to(a, &w, 0));
	hd_ahead_end(a);
	assert_int_equal(w.made, 2);
	assert_int_equal(w.closed, 2);
}

static void
an_error_that_is_too_old_is_not_reported(void **state)
{
	struct world w;
	struct hd_ahead *a;

	(void)state;
	begin(&w);
	w.down = "a";
	a = hd_ahead_begin(w.hosts, 2, 2, 20, make, &w);
	await(&w.calls[0], 1);
	hd_clock_rest(60, HD_CANCEL_NEVER);
	hd_tp_close(connect_to(a, &w, 1));
	w.down = NULL;
	hd_tp_close(connect_to(a, &w, 0));
	hd_ahead_end(a);
	assert_int_equal(w.calls[0], 2);
	assert_int_equal(w.made, w.closed);
}

static void
connections_that_nobody_takes_are_closed(void **state)
{
	struct world w;
	struct hd_ahead *a;

	(void)state;
	for (int i = 0; i < 20; i++) {
		begin(&w);
		a = hd_ahead_begin(w.hosts, HOSTS, HOSTS, LONG_MS, make, &w);
		hd_clock_rest(i % 3, HD_CANCEL_NEVER);
		hd_ahead_end(a);
		assert_int_equal(w.made, w.closed);
	}
	hd_ahead_end(NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_host_is_connected_once),
		cmocka_unit_test(
		    a_run_waits_for_a_connection_that_is_being_opened),
		cmocka_unit_test(
		    only_as_many_hosts_as_the_run_works_on_at_once),
		cmocka_unit_test(an_error_is_that_of_the_run_once),
		cmocka_unit_test(a_second_connection_to_a_host_is_a_new_one),
		cmocka_unit_test(a_connection_that_waited_too_long_is_replaced),
		cmocka_unit_test(an_error_that_is_too_old_is_not_reported),
		cmocka_unit_test(connections_that_nobody_takes_are_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
