/* Runs that set hosts aside, over this machine's own shell. */
#include "tests/support/cmocka_all.h"
#include "tests/support/folder.h"

#include "core/base/clock.h"
#include "core/rollout/lease.h"
#include "core/rollout/lock.h"
#include "core/rollout/rollout.h"
#include "transport/local.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HOSTS = 5, TEXT = 1024, CONNECT_MS = 200 };

/* How connecting to a host ends. */
struct fault {
	enum hd_code code;
	bool
	    later; /* its transport breaks at the first upload, and then this */
};

struct world {
	struct fault faults[HOSTS];
	bool broken[HOSTS];
	struct hd_host hosts[HOSTS];
	const struct hd_host *list[HOSTS];
	char names[HOSTS][16], paths[HOSTS][256];
	struct hd_artifact *artifact;
	struct hd_err aside[HOSTS];
	struct hd_app app;
	struct hd_env env;
	struct hd_sink sink;
	struct hd_run run;
	/* what the events said */
	enum hd_status status;
	char results[HOSTS][16], texts[HOSTS][TEXT];
	char planned[TEXT], notes[TEXT], errors[4 * TEXT];
};

struct fragile {
	struct hd_transport base;
	struct hd_transport *inner;
	struct world *w;
	size_t host;
};

static int
fragile_exec(struct hd_transport *t, const struct hd_exec *x, int *status,
    struct hd_err *err)
{
	return hd_tp_exec(((struct fragile *)t)->inner, x, status, err);
}

static int
fragile_upload(
    struct hd_transport *t, const struct hd_upload *u, struct hd_err *err)
{
	struct fragile *f = (struct fragile *)t;

	(void)u;
	f->w->broken[f->host] = true;
	return hd_err_set(err, HD_ECONNECT, "it broke");
}

static void
fragile_close(struct hd_transport *t)
{
	hd_tp_close(((struct fragile *)t)->inner);
	free(t);
}

static const struct hd_transport_ops fragile_ops = {
	.exec = fragile_exec, .upload = fragile_upload, .close = fragile_close
};

static int
open_fragile(
    struct world *w, size_t i, struct hd_transport **out, struct hd_err *err)
{
	struct fragile *f = hd_alloc(sizeof(*f));

	*f = (struct fragile){ { .ops = &fragile_ops }, NULL, w, i };
	*out = &f->base;
	return hd_local_open(&f->inner, NULL, err);
}

static int
connect_faulty(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err)
{
	struct world *w = ctx;
	size_t i = (size_t)(host - w->hosts);
	const struct fault *f = &w->faults[i];

	(void)finish;
	if (f->code == HD_OK)
		return hd_local_open(out, NULL, err);
	if (f->later && !w->broken[i])
		return open_fragile(w, i, out, err);
	return hd_err_set(err, f->code, "no way to %s", host->name);
}

static void
append(char *text, size_t size, const char *more)
{
	size_t n = strlen(text);

	snprintf(text + n, size - n, "%s\n", more);
}

static void
collect(void *ctx, const struct hd_event *ev)
{
	struct world *w = ctx;
	char line[TEXT];

	if (ev->kind == HD_EV_PLAN) {
		snprintf(line, sizeof(line), "%s %s", ev->host, ev->result);
		append(w->planned, sizeof(w->planned), line);
	}
	if (ev->kind == HD_EV_NOTE && ev->host == NULL)
		append(w->notes, sizeof(w->notes), ev->text);
	if (ev->kind == HD_EV_ERROR) {
		snprintf(line, sizeof(line), "%s%s%s",
		    ev->weight != NULL ? ev->weight : "",
		    ev->weight != NULL ? ": " : "", ev->text);
		append(w->errors, sizeof(w->errors), line);
	}
	if (ev->kind != HD_EV_SUMMARY)
		return;
	w->status = (enum hd_status)ev->status;
	for (size_t i = 0; i < ev->nreports; i++) {
		const struct hd_report *r = &ev->reports[i];

		snprintf(w->results[i], sizeof(w->results[i]), "%s", r->result);
		snprintf(w->texts[i], sizeof(w->texts[i]), "%s",
		    r->text != NULL ? r->text : "");
	}
}

static void
world_init(struct world *w, const char *folder)
{
	struct hd_err err = { 0 };

	*w = (struct world){ .app = { .name = "hotcode", .driver = "relx" },
		.env = { .name = "test" },
		.sink = { collect, w } };
	folder_release(folder_path(folder, "rel"), "hotcode", "1.0.0", NULL);
	assert_hd_ok(hd_artifact_open(&w->artifact, folder_path(folder, "rel"),
			 "hotcode", NULL, UINT64_MAX, &err),
	    &err);
	for (size_t i = 0; i < HOSTS; i++) {
		snprintf(w->names[i], sizeof(w->names[i]), "web%zu", i);
		snprintf(
		    w->paths[i], sizeof(w->paths[i]), "%s/web%zu", folder, i);
		w->hosts[i] = (struct hd_host){ .name = w->names[i],
			.env_name = "test",
			.address = "localhost",
			.path = w->paths[i],
			.connect_timeout = CONNECT_MS,
			.client_alive = 60000,
			.upgrade_timeout = 60000,
			.upload_timeout = 10000 };
		w->list[i] = &w->hosts[i];
	}
	w->run = (struct hd_run){ .app = &w->app,
		.env = &w->env,
		.hosts = w->list,
		.nhosts = HOSTS,
		.goal = { .kind = HD_GOAL_PUSH, .artifact = w->artifact },
		.parallel = 4,
		.aside = w->aside,
		.who = "tester@here",
		.token = "t",
		.command = "push test",
		.options = "",
		.connect = connect_faulty,
		.connect_ctx = w,
		.sink = &w->sink };
}

static void
fault(struct world *w, size_t host, enum hd_code code)
{
	w->faults[host] = (struct fault){ .code = code };
}

/* A new run of the same command. */
static enum hd_status
again(struct world *w, const char *token)
{
	memset(w->aside, 0, sizeof(w->aside));
	w->planned[0] = w->notes[0] = w->errors[0] = '\0';
	w->run.token = token;
	return hd_rollout(&w->run);
}

static void
results(const struct world *w, const char *const wanted[HOSTS])
{
	for (size_t i = 0; i < HOSTS; i++)
		assert_string_equal(w->results[i], wanted[i]);
}

#define RESULTS(w, ...) results(w, (const char *const[HOSTS]){ __VA_ARGS__ })
#define ASIDE "set aside"

static bool
exists(const char *folder, const char *path)
{
	return access(folder_path(folder, path), F_OK) == 0;
}

static void
hosts_that_cannot_be_reached_are_set_aside_and_done_later(void **state)
{
	struct world w;

	world_init(&w, *state);
	fault(&w, 1, HD_ECONNECT);
	fault(&w, 2, HD_EAUTH);
	fault(&w, 4, HD_ETIMEOUT);
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_UNREACHABLE);
	RESULTS(&w, "ok", ASIDE, ASIDE, "ok", ASIDE);
	assert_string_equal(w.texts[1], "no way to web1");
	assert_false(exists(*state, "web1"));
	assert_true(exists(*state, "web3/releases/start_erl.data"));
	assert_string_equal(w.planned,
	    "web0 planned\nweb1 set aside\nweb2 set aside\nweb3 planned\n"
	    "web4 set aside\n");
	assert_string_equal(
	    w.notes, "3 of 5 hosts are set aside: web1, web2, web4\n");
	assert_string_equal(w.errors,
	    "warn: 3 of 5 hosts were set aside and not changed; to change the "
	    "rest later, run `hdeploy push test 1.0.0 --limit "
	    "web1,web2,web4`\n");

	memset(w.faults, 0, sizeof(w.faults));
	assert_int_equal(again(&w, "u"), HD_STATUS_OK);
	RESULTS(&w, "unchanged", "ok", "ok", "unchanged", "ok");
	assert_string_equal(w.errors, "");
	hd_artifact_free(w.artifact);
}

static void
a_dry_run_shows_which_hosts_would_be_set_aside(void **state)
{
	struct world w;

	world_init(&w, *state);
	w.run.dry_run = true;
	fault(&w, 3, HD_EAUTH);
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_UNREACHABLE);
	RESULTS(&w, "planned", "planned", "planned", ASIDE, "planned");
	assert_string_equal(w.notes, "1 of 5 hosts is set aside: web3\n");
	assert_string_equal(w.errors, "");
	assert_false(exists(*state, "web0"));
	hd_artifact_free(w.artifact);
}

/* It might be somebody else's server. */
static void
a_host_with_a_wrong_key_stops_the_run(void **state)
{
	struct world w;

	world_init(&w, *state);
	fault(&w, 1, HD_ECONNECT);
	fault(&w, 2, HD_EHOSTKEY);
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_UNREACHABLE);
	RESULTS(&w, "planned", ASIDE, "unreachable", "planned", "planned");
	assert_string_equal(w.errors,
	    "no way to web2\n1 of 5 hosts cannot be reached, so no host is "
	    "changed; `hdeploy push test --skip-unreachable --limit '!web2'` "
	    "continues without it\n");
	assert_false(exists(*state, "web0/releases"));
	hd_artifact_free(w.artifact);
}

static void
more_hosts_than_max_failures_stop_the_run(void **state)
{
	struct world w;

	world_init(&w, *state);
	w.env.max_failures = (struct hd_most){ 1, true };
	fault(&w, 1, HD_ECONNECT);
	fault(&w, 2, HD_ETIMEOUT);
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_UNREACHABLE);
	RESULTS(
	    &w, "planned", "unreachable", "unreachable", "planned", "planned");
	assert_non_null(strstr(w.errors,
	    "2 of 5 hosts cannot be reached or locked, and max_failures = 1 "
	    "allows fewer: no host is changed\n"));
	assert_false(exists(*state, "web0/releases"));

	fault(&w, 1, HD_OK);
	assert_int_equal(again(&w, "u"), HD_STATUS_UNREACHABLE);
	RESULTS(&w, "ok", "ok", ASIDE, "ok", "ok");
	hd_artifact_free(w.artifact);
}

static void
a_run_in_which_no_host_is_left_ends_as_without(void **state)
{
	struct world w;

	world_init(&w, *state);
	for (size_t i = 0; i < HOSTS; i++)
		fault(&w, i, HD_ECONNECT);
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_UNREACHABLE);
	for (size_t i = 0; i < HOSTS; i++)
		assert_string_equal(w.results[i], "unreachable");
	assert_null(strstr(w.errors, ASIDE));
	hd_artifact_free(w.artifact);
}

static void
a_host_that_refuses_still_refuses_for_all(void **state)
{
	struct world w;

	world_init(&w, *state);
	fault(&w, 1, HD_ECONNECT);
	folder_write(*state, "web3/bin", "in the way", 10);
	w.run.goal.kind = HD_GOAL_START;
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_REFUSED);
	assert_string_equal(w.results[1], ASIDE);
	assert_null(strstr(w.errors, "change the rest later"));
	hd_artifact_free(w.artifact);
}

/* Another run has web2 for as long as the test lasts. */
static void
a_host_that_is_locked_is_set_aside_and_stays_locked(void **state)
{
	const struct hd_host *one[1];
	struct hd_run holder;
	struct hd_site *sites;
	struct world w;

	world_init(&w, *state);
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_OK);
	holder = w.run;
	one[0] = &w.hosts[2];
	holder.hosts = one;
	holder.nhosts = 1;
	holder.token = "h";
	sites = hd_sites_new(&holder);
	assert_true(hd_lock_all(&holder, sites, false));

	w.run.goal =
	    (struct hd_goal){ .kind = HD_GOAL_COMMAND, .command = "true" };
	w.run.command = "run test";
	assert_int_equal(again(&w, "u"), HD_STATUS_UNREACHABLE);
	RESULTS(&w, "ok", "ok", ASIDE, "ok", "ok");
	assert_non_null(strstr(w.texts[2], "locked by tester@here: push test"));
	assert_non_null(
	    strstr(w.texts[2], "`hdeploy unlock test --limit web2`"));
	assert_non_null(strstr(w.errors, "`--limit 'web2'`"));
	assert_true(hd_lease_held(&sites[0]));
	hd_lease_release(&sites[0], hd_clock_ms() + HD_LEASE_RELEASE_MS);
	hd_sites_free(&holder, sites);
	assert_int_equal(again(&w, "v"), HD_STATUS_OK);
	hd_artifact_free(w.artifact);
}

static void
a_host_that_is_lost_after_it_was_begun_has_failed(void **state)
{
	struct world w;

	world_init(&w, *state);
	w.faults[2] = (struct fault){ HD_ECONNECT, true };
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_FAILED);
	RESULTS(&w, "ok", "ok", "failed", "ok", "ok");
	hd_artifact_free(w.artifact);
}

/* Its running version did not go into the release that is shipped now. */
static void
a_host_that_missed_an_earlier_part_stays_aside(void **state)
{
	struct world w;

	world_init(&w, *state);
	(void)hd_err_set(&w.aside[4], HD_ECONNECT, "no way to web4 then");
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_UNREACHABLE);
	RESULTS(&w, "ok", "ok", "ok", "ok", ASIDE);
	assert_string_equal(w.texts[4], "no way to web4 then");
	assert_false(exists(*state, "web4"));
	hd_artifact_free(w.artifact);
}

static void
the_running_versions_are_those_of_the_hosts_that_are_left(void **state)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_running_versions running = { 0 };
	struct world w;

	world_init(&w, *state);
	w.run.goal = (struct hd_goal){ .kind = HD_GOAL_STATUS };
	fault(&w, 0, HD_ETIMEOUT);
	assert_int_equal(
	    hd_rollout_running(&w.run, &arena, &running), HD_STATUS_OK);
	assert_int_equal(w.aside[0].code, HD_ETIMEOUT);
	assert_string_equal(w.notes,
	    "1 of 5 hosts is set aside: web0\nnothing runs on test yet\n");
	hd_artifact_free(w.artifact);
}

#define test(f)                                                                \
	cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(hosts_that_cannot_be_reached_are_set_aside_and_done_later),
		test(a_dry_run_shows_which_hosts_would_be_set_aside),
		test(a_host_with_a_wrong_key_stops_the_run),
		test(more_hosts_than_max_failures_stop_the_run),
		test(a_run_in_which_no_host_is_left_ends_as_without),
		test(a_host_that_refuses_still_refuses_for_all),
		test(a_host_that_is_locked_is_set_aside_and_stays_locked),
		test(a_host_that_is_lost_after_it_was_begun_has_failed),
		test(a_host_that_missed_an_earlier_part_stays_aside),
		test(the_running_versions_are_those_of_the_hosts_that_are_left),
	};

	return cmocka_run_group_tests_name("aside", tests, NULL, NULL);
}
