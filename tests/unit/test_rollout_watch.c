/* `status --watch` over this machine's own shell: the passes, lost hosts, and
 * the number of logins. An interruption cannot be taken back, so that there is
 * one watch, and each test looks at a part of its events. */
#include "tests/support/cmocka_all.h"
#include "tests/support/folder.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/rollout/rollout.h"
#include "transport/local.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* DEAF: never reached. BREAKS: its connection breaks once. LOCKED_OUT: its
 * login fails. LATE: connecting takes until pass PASSES - 1. MOVED: its root
 * is gone in pass 2. */
enum { WELL, DEAF, BREAKS, LOCKED_OUT, LATE, MOVED, HOSTS, PASSES = 5 };
enum { TEXT = 4096 };

static struct world {
	char names[HOSTS][16], paths[HOSTS][256];
	struct hd_host hosts[HOSTS];
	const struct hd_host *list[HOSTS];
	struct hd_app app;
	struct hd_env env;
	struct hd_sink sink;
	struct hd_run run;
	atomic_uint connects[HOSTS];
	atomic_bool breaks;
	atomic_uint passes;
	char changes[HOSTS][TEXT];
	char errors[TEXT];
	char first[HOSTS][16], last[HOSTS][16]; /* results */
	char why[HOSTS][256];
	int status, summary;
	bool ended;
	const char *folder;
} w;

struct fragile {
	struct hd_transport base;
	struct hd_transport *inner;
};

static int
fragile_exec(struct hd_transport *t, const struct hd_exec *x, int *status,
    struct hd_err *err)
{
	if (atomic_exchange(&w.breaks, false))
		return hd_err_set(err, HD_ECONNECT, "it broke");
	return hd_tp_exec(((struct fragile *)t)->inner, x, status, err);
}

static void
fragile_close(struct hd_transport *t)
{
	hd_tp_close(((struct fragile *)t)->inner);
	free(t);
}

static const struct hd_transport_ops fragile_ops = { .exec = fragile_exec,
	.close = fragile_close };

static int
open_fragile(struct hd_transport **out, struct hd_err *err)
{
	struct fragile *f = hd_alloc(sizeof(*f));

	f->base.ops = &fragile_ops;
	*out = &f->base;
	return hd_local_open(&f->inner, NULL, err);
}

static void
await_pass(unsigned n)
{
	int64_t end = hd_clock_ms() + 30000;

	while (atomic_load(&w.passes) < n && hd_clock_left(end) > 0)
		hd_clock_wait(5);
}

static int
connect_host(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err)
{
	size_t i = (size_t)(host - w.hosts);
	unsigned n = atomic_fetch_add(&w.connects[i], 1);

	(void)ctx;
	(void)finish;
	if (i == BREAKS)
		return open_fragile(out, err);
	if (i == LATE && n > 0)
		await_pass(PASSES - 1);
	if (i == LOCKED_OUT)
		return hd_err_set(err, HD_EAUTH, "no key fits");
	if (i == DEAF || (i == LATE && n == 0))
		return hd_err_set(err, n % 2 == 0 ? HD_ECONNECT : HD_ETIMEOUT,
		    "try %u failed", n);
	return hd_local_open(out, NULL, err);
}

static void
move(const char *from, const char *to)
{
	assert_int_equal(
	    rename(folder_path(w.folder, from), folder_path(w.folder, to)), 0);
}

/* After LATE had time to come back, if the passes waited for it. */
static void
on_pass(const struct hd_event *ev)
{
	assert_int_equal(ev->done, atomic_load(&w.passes) + 1);
	assert_int_equal(ev->nreports, HOSTS);
	assert_true(ev->left > 0);
	for (size_t i = 0; i < HOSTS; i++) {
		if (ev->done == 1)
			snprintf(w.first[i], 16, "%s", ev->reports[i].result);
		snprintf(w.last[i], 16, "%s", ev->reports[i].result);
		snprintf(w.why[i], 256, "%s",
		    ev->reports[i].text != NULL ? ev->reports[i].text : "");
	}
	w.status = ev->status;
	atomic_store(&w.breaks, ev->done == 1);
	if (ev->done == 1)
		move("web5", "away");
	if (ev->done == 2)
		move("away", "web5");
	if (ev->done > PASSES && strcmp(w.last[LATE], "unreachable") != 0)
		hd_cancel_request();
	if (ev->done == 20)
		hd_cancel_request();
	atomic_store(&w.passes, (unsigned)ev->done);
}

static void
collect(void *ctx, const struct hd_event *ev)
{
	(void)ctx;
	assert_false(w.ended);
	if (ev->kind == HD_EV_ERROR)
		snprintf(w.errors, TEXT, "%s", ev->text);
	if (ev->kind == HD_EV_CHANGE) {
		char *text = w.changes[ev->host[3] - '0'];
		size_t n = strlen(text);

		snprintf(text + n, TEXT - n, "%s: %s -> %s\n", ev->name,
		    ev->before != NULL ? ev->before : "-",
		    ev->after != NULL ? ev->after : "-");
	}
	if (ev->kind == HD_EV_PASS)
		on_pass(ev);
	if (ev->kind != HD_EV_SUMMARY)
		return;
	w.ended = true;
	w.summary = ev->status;
	assert_int_equal(ev->nreports, HOSTS);
}

static void
push(const char *folder)
{
	struct hd_run run = w.run;
	struct hd_err err = { 0 };
	struct hd_artifact *a;

	folder_release(folder_path(folder, "rel"), "hotcode", "1.0.0", NULL);
	assert_hd_ok(hd_artifact_open(&a, folder_path(folder, "rel"), "hotcode",
			 NULL, UINT64_MAX, &err),
	    &err);
	run.hosts = &w.list[MOVED];
	run.nhosts = 1;
	run.goal = (struct hd_goal){ .kind = HD_GOAL_PUSH, .artifact = a };
	run.sink = NULL;
	assert_int_equal(hd_rollout(&run), HD_STATUS_OK);
	hd_artifact_free(a);
}

static int
watch(void **state)
{
	assert_int_equal(folder_setup(state), 0);
	w.folder = *state;
	w.app = (struct hd_app){ .name = "hotcode", .driver = "relx" };
	w.env = (struct hd_env){ .name = "test" };
	w.sink = (struct hd_sink){ collect, NULL };
	for (size_t i = 0; i < HOSTS; i++) {
		snprintf(w.names[i], sizeof(w.names[i]), "web%zu", i);
		snprintf(w.paths[i], sizeof(w.paths[i]), "%s/web%zu",
		    (const char *)*state, i);
		w.hosts[i] = (struct hd_host){ .name = w.names[i],
			.env_name = "test",
			.address = "localhost",
			.path = w.paths[i],
			.connect_timeout = 200,
			.client_alive = 60000,
			.upgrade_timeout = 60000,
			.upload_timeout = 10000 };
		w.list[i] = &w.hosts[i];
	}
	w.run = (struct hd_run){ .app = &w.app,
		.env = &w.env,
		.hosts = w.list,
		.nhosts = HOSTS,
		.goal = { .kind = HD_GOAL_STATUS },
		.parallel = 8,
		.who = "tester@here",
		.token = "t",
		.command = "status test",
		.options = "",
		.connect = connect_host,
		.sink = &w.sink };
	push(*state);
	for (size_t i = 0; i < HOSTS; i++)
		atomic_store(&w.connects[i], 0);
	return (int)hd_watch(&w.run, 1) == w.status ? 0 : -1;
}

static void
its_status_is_that_of_the_last_pass(void **state)
{
	(void)state;
	assert_true(w.ended);
	assert_int_equal(w.status, HD_STATUS_FAILED);
	assert_int_equal(w.summary, w.status);
}

static void
a_host_is_asked_again_over_the_same_connection(void **state)
{
	(void)state;
	assert_true(atomic_load(&w.passes) > PASSES);
	assert_int_equal(w.connects[WELL], 1);
	assert_string_equal(w.changes[WELL], "");
	assert_string_equal(w.first[WELL], "failed");
}

static void
a_lost_connection_is_opened_again_in_the_same_pass(void **state)
{
	(void)state;
	assert_int_equal(w.connects[BREAKS], 2);
	assert_string_equal(w.changes[BREAKS], "");
	assert_string_equal(w.last[BREAKS], "failed");
}

static void
a_host_that_cannot_be_reached_is_tried_again(void **state)
{
	(void)state;
	assert_true(w.connects[DEAF] > 1);
	assert_string_equal(w.first[DEAF], "unreachable");
	assert_string_equal(w.errors, "");
}

static void
a_text_that_only_counts_is_not_a_change(void **state)
{
	(void)state;
	assert_memory_equal(w.why[DEAF], "try ", 4);
	assert_string_not_equal(w.why[DEAF], "try 0 failed");
	assert_string_equal(w.changes[DEAF], "");
}

static void
a_failed_login_is_not_repeated_at_once(void **state)
{
	(void)state;
	assert_int_equal(w.connects[LOCKED_OUT], 1);
	assert_string_equal(w.last[LOCKED_OUT], "unreachable");
	assert_string_equal(
	    w.why[LOCKED_OUT], "no key fits; the next try is in 5 minutes");
}

static void
no_pass_waits_for_a_lost_host(void **state)
{
	(void)state;
	assert_int_equal(w.connects[LATE], 2);
	assert_string_equal(w.changes[LATE], "result: unreachable -> failed\n");
}

static void
what_changed_is_told(void **state)
{
	(void)state;
	assert_int_equal(w.connects[MOVED], 1);
	assert_non_null(strstr(w.changes[MOVED], "reason: "));
	assert_non_null(strstr(w.changes[MOVED], "boots: 1.0.0 -> -\n"));
	assert_non_null(strstr(w.changes[MOVED], "boots: - -> 1.0.0\n"));
	assert_null(strstr(w.changes[MOVED], "running: "));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_status_is_that_of_the_last_pass),
		cmocka_unit_test(
		    a_host_is_asked_again_over_the_same_connection),
		cmocka_unit_test(
		    a_lost_connection_is_opened_again_in_the_same_pass),
		cmocka_unit_test(a_host_that_cannot_be_reached_is_tried_again),
		cmocka_unit_test(a_text_that_only_counts_is_not_a_change),
		cmocka_unit_test(a_failed_login_is_not_repeated_at_once),
		cmocka_unit_test(no_pass_waits_for_a_lost_host),
		cmocka_unit_test(what_changed_is_told),
	};

	return cmocka_run_group_tests(tests, watch, folder_teardown);
}
