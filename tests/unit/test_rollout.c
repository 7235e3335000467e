/* The whole pipeline over this machine's own shell: threads, plans, scripts
 * and events, without SSH and without Erlang. */
#include "tests/support/cmocka_all.h"
#include "tests/support/folder.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/rollout/rollout.h"
#include "core/rollout/sites.h"
#include "transport/local.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOSTS = 6 };

/* Breaks once, at its nth use: after it was sent, or before. */
struct break_at {
	unsigned n;
	bool sent;
	bool begin; /* at the first operation instead */
	bool gone;  /* from then on, the host cannot be reached */
};

struct world {
	struct break_at breaks[HOSTS];
	unsigned uses[HOSTS], connected[HOSTS];
	bool broke[HOSTS];
	const char *folder;
	struct hd_host hosts[HOSTS];
	const struct hd_host *list[HOSTS];
	char names[HOSTS][16];
	char paths[HOSTS][256];
	struct hd_artifact *artifact;
	struct hd_run run;
	struct hd_app app;
	struct hd_env env;
	struct hd_sink sink;
	const char *unreachable; /* host that connecting fails for */
	int64_t asked[HOSTS];    /* hd_clock_ms() of the last use, flaky */
	unsigned cancel_at; /* interrupted when so many records were written */
	/* what the events said */
	unsigned summaries, plans, steps, records, starts, ends, waits;
	enum hd_status status;
	char results[HOSTS][16];
	char boots[HOSTS][16];
	char texts[HOSTS][256];
};

struct flaky {
	struct hd_transport base;
	struct hd_transport *inner;
	const struct break_at *at;
	unsigned *uses;
	bool *broke;
	int64_t *asked;
};

/* Their number depends on the time. */
static bool
is_keepalive(const struct hd_exec *x)
{
	return x->soon && strstr(x->script, "facts_local") == NULL;
}

static int
flaky_exec(struct hd_transport *t, const struct hd_exec *x, int *status,
    struct hd_err *err)
{
	struct flaky *f = (struct flaky *)t;
	struct hd_exec lost = *x;

	if (is_keepalive(x))
		return hd_tp_exec(f->inner, x, status, err);
	++*f->uses;
	*f->asked = hd_clock_ms();
	if (f->at->begin
		? *f->broke || strstr(x->script, "inner_script") == NULL
		: *f->uses != f->at->n)
		return hd_tp_exec(f->inner, x, status, err);
	lost.out = NULL;
	*f->broke = true;
	if (f->at->sent && hd_tp_exec(f->inner, &lost, status, err) < 0)
		return -1;
	return hd_err_set(err, HD_ECONNECT, "it broke");
}

static int
flaky_upload(
    struct hd_transport *t, const struct hd_upload *u, struct hd_err *err)
{
	struct flaky *f = (struct flaky *)t;

	if (++*f->uses != f->at->n)
		return hd_tp_upload(f->inner, u, err);
	return hd_err_set(err, HD_ECONNECT, "it broke");
}

static int
flaky_read(struct hd_transport *t, const struct hd_read *r, struct hd_err *err)
{
	struct flaky *f = (struct flaky *)t;

	if (++*f->uses != f->at->n)
		return hd_tp_read(f->inner, r, err);
	assert_int_equal(write(r->fd, "a part", 6), 6);
	return hd_err_set(err, HD_ECONNECT, "it broke");
}

static void
flaky_close(struct hd_transport *t)
{
	hd_tp_close(((struct flaky *)t)->inner);
	free(t);
}

static const struct hd_transport_ops flaky_ops = {
	.exec = flaky_exec,
	.upload = flaky_upload,
	.read = flaky_read,
	.close = flaky_close,
};

static int
connect_flaky(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err)
{
	struct world *w = ctx;
	size_t i = (size_t)(host - w->hosts);
	struct flaky *f = hd_alloc(sizeof(*f));

	(void)finish;
	if (w->broke[i] && w->breaks[i].gone) {
		free(f);
		return hd_err_set(err, HD_ECONNECT, "no route");
	}
	f->base.ops = &flaky_ops;
	f->at = &w->breaks[i];
	f->uses = &w->uses[i];
	f->broke = &w->broke[i];
	f->asked = &w->asked[i];
	w->connected[i]++;
	*out = &f->base;
	return hd_local_open(&f->inner, NULL, err);
}

static int
connect_local(void *ctx, const struct hd_host *host, bool finish,
    struct hd_transport **out, struct hd_err *err)
{
	const struct world *w = ctx;

	(void)finish;
	if (w->unreachable != NULL && strcmp(host->name, w->unreachable) == 0)
		return hd_err_set(err, HD_ECONNECT, "no route");
	return hd_local_open(out, NULL, err);
}

static void
collect(void *ctx, const struct hd_event *ev)
{
	struct world *w = ctx;

	w->plans += ev->kind == HD_EV_PLAN;
	w->steps += ev->kind == HD_EV_STEP;
	w->ends += ev->kind == HD_EV_HOST;
	w->waits +=
	    ev->kind == HD_EV_NOTE && strstr(ev->text, "waiting") != NULL;
	if (ev->kind == HD_EV_STEP && strcmp(ev->result, HD_STEP_OK) == 0) {
		w->records += strcmp(ev->step, "record") == 0;
		if (w->records == w->cancel_at)
			hd_cancel_request();
	}
	w->starts += ev->kind == HD_EV_STEP && strcmp(ev->step, "start") == 0;
	if (ev->kind != HD_EV_SUMMARY)
		return;
	w->summaries++;
	w->status = (enum hd_status)ev->status;
	assert_int_equal(ev->nreports, HOSTS);
	for (size_t i = 0; i < HOSTS; i++) {
		const struct hd_report *r = &ev->reports[i];

		assert_string_equal(r->host, w->hosts[i].name);
		snprintf(w->results[i], sizeof(w->results[i]), "%s", r->result);
		snprintf(w->boots[i], sizeof(w->boots[i]), "%s",
		    r->boots ? r->boots : "-");
		snprintf(w->texts[i], sizeof(w->texts[i]), "%s",
		    r->text ? r->text : "");
	}
}

static void
world_init(struct world *w, const char *folder)
{
	struct hd_err err = { 0 };

	*w = (struct world){ .folder = folder };
	folder_release(folder_path(folder, "rel"), "hotcode", "1.0.0", NULL);
	assert_hd_ok(hd_artifact_open(&w->artifact, folder_path(folder, "rel"),
			 "hotcode", NULL, UINT64_MAX, &err),
	    &err);
	for (size_t i = 0; i < HOSTS; i++) {
		snprintf(w->names[i], sizeof(w->names[i]), "web%zu", i);
		snprintf(
		    w->paths[i], sizeof(w->paths[i]), "%s/web%zu", folder, i);
		w->hosts[i] = (struct hd_host){ .name = w->names[i],
			.address = "localhost",
			.path = w->paths[i],
			.connect_timeout = 10000,
			.client_alive = 60000,
			.upgrade_timeout = 60000,
			.upload_timeout = 10000 };
		w->list[i] = &w->hosts[i];
	}
	w->app = (struct hd_app){ .name = "hotcode", .driver = "relx" };
	w->env = (struct hd_env){ .name = "test" };
	w->sink = (struct hd_sink){ collect, w };
	w->run = (struct hd_run){ .app = &w->app,
		.env = &w->env,
		.hosts = w->list,
		.nhosts = HOSTS,
		.goal = { .kind = HD_GOAL_PUSH, .artifact = w->artifact },
		.parallel = 4,
		.who = "tester@here",
		.token = "t",
		.command = "push test",
		.connect = connect_local,
		.connect_ctx = w,
		.sink = &w->sink };
	w->cancel_at = UINT_MAX;
}

/* Makes 1.1.0 the release of the next push. */
static struct hd_artifact *
world_later(struct world *w)
{
	struct hd_err err = { 0 };
	struct hd_artifact *later;

	folder_release(
	    folder_path(w->folder, "later"), "hotcode", "1.1.0", NULL);
	assert_hd_ok(hd_artifact_open(&later, folder_path(w->folder, "later"),
			 "hotcode", NULL, UINT64_MAX, &err),
	    &err);
	w->run.goal.artifact = later;
	return later;
}

static bool
exists(const struct world *w, const char *path)
{
	return access(folder_path(w->folder, path), F_OK) == 0;
}

static void
all_results(const struct world *w, const char *result)
{
	for (size_t i = 0; i < HOSTS; i++)
		assert_string_equal(w->results[i], result);
}

static void
a_push_puts_the_release_on_every_host_once(void **state)
{
	struct world w;

	world_init(&w, *state);
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_OK);
	assert_int_equal(w.summaries, 1);
	assert_int_equal(w.plans, HOSTS);
	all_results(&w, "ok");
	for (size_t i = 0; i < HOSTS; i++)
		assert_string_equal(w.boots[i], "1.0.0");
	assert_true(exists(&w, "web5/releases/start_erl.data"));
	assert_true(exists(&w, "web5/.hdeploy/tarballs/1.0.0.tar.gz"));
	w.steps = 0;
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_OK);
	all_results(&w, "unchanged");
	assert_int_equal(w.steps, 0);
	hd_artifact_free(w.artifact);
}

/* Each costs a round trip, and a host many processes: the lock with the facts,
 * and the operation that receives, records and gives the lock back. */
static void
a_small_push_takes_two_calls(void **state)
{
	struct hd_artifact *later;
	struct world w;

	world_init(&w, *state);
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_OK);
	later = world_later(&w);
	w.run.connect = connect_flaky;
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_OK);
	all_results(&w, "ok");
	for (size_t i = 0; i < HOSTS; i++)
		assert_int_equal(w.uses[i], 2);
	assert_true(exists(&w, "web5/.hdeploy/tarballs/1.1.0.tar.gz"));
	assert_true(exists(&w, "web5/.hdeploy/released.1"));
	hd_artifact_free(later);
	hd_artifact_free(w.artifact);
}

static void
a_dry_run_plans_and_changes_nothing(void **state)
{
	struct world w;

	world_init(&w, *state);
	w.run.dry_run = true;
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_OK);
	assert_int_equal(w.plans, HOSTS);
	assert_int_equal(w.steps, 0);
	all_results(&w, "planned");
	assert_false(exists(&w, "web0"));
	hd_artifact_free(w.artifact);
}

static void
one_host_that_refuses_keeps_all_others_as_they_are(void **state)
{
	struct world w;

	world_init(&w, *state);
	folder_write(w.folder, "web3", "a file", 6);
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_REFUSED);
	assert_string_equal(w.results[3], "refused");
	assert_string_equal(w.results[0], "planned");
	assert_int_equal(w.steps, 0);
	assert_false(exists(&w, "web0"));
	hd_artifact_free(w.artifact);
}

static void
one_host_out_of_reach_keeps_all_others_as_they_are(void **state)
{
	struct world w;

	world_init(&w, *state);
	w.unreachable = "web4";
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_UNREACHABLE);
	assert_string_equal(w.results[4], "unreachable");
	assert_string_equal(w.results[0], "planned");
	assert_false(exists(&w, "web0"));
	hd_artifact_free(w.artifact);
}

static void
one_root_under_two_names_is_refused(void **state)
{
	struct world w;

	world_init(&w, *state);
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_OK);
	assert_int_equal(symlink(w.paths[0], folder_path(w.folder, "link")), 0);
	snprintf(w.paths[1], sizeof(w.paths[1]), "%s/link", w.folder);
	w.run.goal = (struct hd_goal){ .kind = HD_GOAL_START };
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_REFUSED);
	assert_string_equal(w.results[0], "refused");
	assert_string_equal(w.results[1], "refused");
	assert_string_equal(w.results[2], "planned");
	hd_artifact_free(w.artifact);
}

static void
status_of_an_empty_host_says_that_something_is_missing(void **state)
{
	struct world w;

	world_init(&w, *state);
	w.run.goal = (struct hd_goal){ .kind = HD_GOAL_STATUS };
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_FAILED);
	all_results(&w, "failed");
	assert_int_equal(w.steps, 0);
	hd_artifact_free(w.artifact);
}

/* Of all hosts, each line "PLACE NAME [RESULT]". */
static void
hook_world(struct world *w, const char *folder, struct hd_hook hooks[static 6],
    char commands[static 6][512])
{
	static const struct hd_hook kinds[6] = {
		{ HD_HOOK_BEFORE_PUSH, HD_HOOK_LOCAL, "local" },
		{ HD_HOOK_BEFORE_PUSH, HD_HOOK_REMOTE, "remote" },
		{ HD_HOOK_AFTER_PUSH, HD_HOOK_REMOTE, "remote" },
		{ HD_HOOK_AFTER_PUSH, HD_HOOK_ONCE, "once" },
		{ HD_HOOK_ON_FAILURE, HD_HOOK_LOCAL, "local" },
		{ HD_HOOK_ON_FAILURE, HD_HOOK_REMOTE, "remote" },
	};

	world_init(w, folder);
	w->env.hook_timeout = 30000;
	for (size_t i = 0; i < 6; i++) {
		hooks[i] = kinds[i];
		snprintf(commands[i], sizeof(commands[i]),
		    "echo \"%s $HDEPLOY_HOOK [$HDEPLOY_RESULT]\" >>%s/log; "
		    "[ ! -e %s/$HDEPLOY_HOOK-${PWD##*/} ]",
		    kinds[i].command, folder, folder);
		hooks[i].command = commands[i];
	}
	w->env.hooks = (struct hd_hooks){ .v = hooks, .n = 6 };
	for (size_t i = 0; i < HOSTS; i++)
		w->hosts[i].hooks = w->env.hooks;
}

static void
assert_ran(const struct world *w, const char *line, unsigned times)
{
	HD_AUTO_STR text = HD_STR_INIT(65536);
	struct hd_err err = { 0 };
	unsigned n = 0;

	assert_hd_ok(
	    hd_fs_read(folder_path(w->folder, "log"), &text, &err), &err);
	for (const char *at = text.ptr; (at = strstr(at, line)) != NULL; at++)
		n++;
	assert_int_equal(n, times);
}

static void
hooks_run_around_a_push_and_learn_of_a_failure(void **state)
{
	struct hd_hook hooks[6];
	char commands[6][512];
	struct world w;

	hook_world(&w, *state, hooks, commands);
	folder_write(w.folder, "before_push-web3", "", 0);
	folder_write(w.folder, "after_push-web4", "", 0);
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_FAILED);
	assert_string_equal(w.results[3], "failed");
	assert_string_equal(w.boots[3], "-");
	assert_string_equal(w.results[4], "ok");
	assert_string_equal(w.boots[4], "1.0.0");
	assert_ran(&w, "local before_push []\n", 1);
	assert_ran(&w, "remote before_push []\n", HOSTS);
	assert_ran(&w, "remote after_push [ok]\n", HOSTS - 1);
	assert_ran(&w, "local on_failure [failed]\n", 1);
	assert_ran(&w, "remote on_failure [failed]\n", 2);
	assert_ran(&w, "once after_push [failed]\n", 1);
	hd_artifact_free(w.artifact);
}

static void
a_hook_of_the_run_that_fails_before_it_keeps_all_as_they_are(void **state)
{
	struct hd_hook hooks[6];
	char commands[6][512];
	struct world w;

	hook_world(&w, *state, hooks, commands);
	hooks[0].command = "exit 3";
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_LOCAL);
	all_results(&w, "skipped");
	assert_false(exists(&w, "web0/releases"));
	assert_ran(&w, "before_push", 0);
	assert_ran(&w, "local on_failure [failed]\n", 1);
	hd_artifact_free(w.artifact);
}

/* The system would not start its hooks, perhaps when hosts have changed. */
static void
hooks_of_more_names_than_a_variable_holds_begin_nothing(void **state)
{
	enum { LENGTH = 30000 };
	char commands[6][512], names[HOSTS][LENGTH];
	struct hd_hook hooks[6];
	struct world w;

	hook_world(&w, *state, hooks, commands);
	for (size_t i = 0; i < HOSTS; i++) {
		memset(names[i], 'a' + (int)i, LENGTH - 1);
		names[i][LENGTH - 1] = '\0';
		w.hosts[i].name = names[i];
	}
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_LOCAL);
	assert_string_equal(w.results[0], "skipped");
	assert_non_null(strstr(w.texts[0], "HDEPLOY_HOSTS"));
	assert_false(exists(&w, "web0/releases"));
	hd_artifact_free(w.artifact);
}

static void
a_deploy_that_fails_to_ship_to_one_host_starts_none(void **state)
{
	struct world w;

	world_init(&w, *state);
	w.run.goal.kind = HD_GOAL_DEPLOY;
	folder_write(w.folder, "web3/bin", "in the way", 10);
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_FAILED);
	assert_int_equal(w.starts, 0);
	assert_int_equal(w.plans, HOSTS);
	assert_int_equal(w.ends, HOSTS);
	assert_string_equal(w.results[3], "failed");
	assert_string_equal(w.results[0], "skipped");
	assert_string_equal(
	    w.texts[0], "shipped; not begun: another host failed");
	assert_string_equal(w.boots[0], "1.0.0");
	hd_artifact_free(w.artifact);
}

static void
a_deploy_whose_after_push_fails_starts_none(void **state)
{
	struct hd_hook hook = { .name = HD_HOOK_AFTER_PUSH,
		.place = HD_HOOK_LOCAL,
		.command = "false" };
	struct world w;

	world_init(&w, *state);
	w.run.goal.kind = HD_GOAL_DEPLOY;
	w.env.hooks = (struct hd_hooks){ &hook, 1, 0 };
	w.env.hook_timeout = 10000;
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_FAILED);
	assert_int_equal(w.starts, 0);
	assert_int_equal(w.ends, HOSTS);
	all_results(&w, "ok");
	assert_string_equal(
	    w.texts[0], "hook after_push failed; the push itself succeeded");
	hd_artifact_free(w.artifact);
}

/* The last test: nothing takes an interruption back. */
static void
a_deploy_that_is_interrupted_when_all_is_shipped_starts_none(void **state)
{
	struct world w;

	world_init(&w, *state);
	w.run.goal.kind = HD_GOAL_DEPLOY;
	w.cancel_at = HOSTS;
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_INTERRUPTED);
	assert_int_equal(w.starts, 0);
	assert_int_equal(w.ends, HOSTS);
	all_results(&w, "skipped");
	assert_string_equal(w.texts[0], "shipped; not begun: interrupted");
	assert_string_equal(w.boots[5], "1.0.0");
	hd_artifact_free(w.artifact);
}

static void
a_root_that_cannot_be_entered_has_no_history_to_tell(void **state)
{
	struct world w;

	world_init(&w, *state);
	folder_write(w.folder, "web3", "a file", 6);
	assert_int_equal(hd_history(&w.run, 5), HD_STATUS_UNREACHABLE);
	assert_string_equal(w.results[3], "unreachable");
	assert_string_equal(w.results[0], "ok");
	hd_artifact_free(w.artifact);
}

/* Of a push, whose connection is used nine times: at another moment on each
 * host. The transport of the first run breaks before it sends anything. */
static void
a_connection_that_breaks_at_any_moment_costs_nothing(void **state)
{
	for (unsigned run = 0; run < 2; run++) {
		struct world w;

		folder_teardown(state);
		folder_setup(state);
		world_init(&w, *state);
		w.run.connect = connect_flaky;
		for (unsigned i = 0; i < HOSTS; i++)
			w.breaks[i] = (struct break_at){ .n = 1 + 2 * run + i,
				.sent = run == 1 };
		assert_int_equal(hd_rollout(&w.run), HD_STATUS_OK);
		all_results(&w, "ok");
		for (size_t i = 0; i < HOSTS; i++) {
			assert_int_equal(w.connected[i], 2);
			assert_string_equal(w.boots[i], "1.0.0");
		}
		assert_true(exists(&w, "web5/.hdeploy/tarballs/1.0.0.tar.gz"));
		hd_artifact_free(w.artifact);
	}
}

/* The host granted the lock, and its answer, with the facts, was lost. */
static void
a_run_takes_over_the_lock_whose_answer_was_lost(void **state)
{
	struct hd_artifact *later;
	struct world w;

	world_init(&w, *state);
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_OK);
	later = world_later(&w);
	w.run.connect = connect_flaky;
	for (unsigned i = 0; i < HOSTS; i++)
		w.breaks[i] = (struct break_at){ .n = 1, .sent = true };
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_OK);
	all_results(&w, "ok");
	for (size_t i = 0; i < HOSTS; i++)
		assert_int_equal(w.connected[i], 2);
	assert_int_equal(w.waits, 0);
	hd_artifact_free(later);
	hd_artifact_free(w.artifact);
}

/* Facts are as old as the question, however long the host took to answer. */
static void
the_age_of_facts_counts_from_the_question(void **state)
{
	struct hd_site *sites;
	struct world w;

	world_init(&w, *state);
	w.run.connect = connect_flaky;
	w.run.nhosts = 1;
	sites = hd_sites_new(&w.run);
	hd_sites_look(&w.run, sites);
	assert_non_null(sites[0].before);
	assert_in_range(sites[0].seen_at, 1, w.asked[0]);
	hd_sites_free(&w.run, sites);
	hd_artifact_free(w.artifact);
}

/* Only an operation that may run on the host is worth the time until its
 * deadline. */
static void
a_host_that_vanished_before_an_operation_is_given_up_soon(void **state)
{
	struct hd_hook hooks[6];
	char commands[6][512];
	int64_t began = hd_clock_ms();
	struct world w;

	hook_world(&w, *state, hooks, commands);
	w.env.hook_timeout = 10 * 60 * 1000;
	for (size_t i = 0; i < HOSTS; i++)
		w.hosts[i].connect_timeout = 300;
	w.run.connect = connect_flaky;
	w.breaks[2] = (struct break_at){ .begin = true, .gone = true };
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_FAILED);
	assert_true(w.broke[2]);
	assert_string_equal(w.results[2], "failed");
	assert_string_equal(w.results[3], "ok");
	assert_in_range(hd_clock_ms() - began, 0, 5 * 60 * 1000);
	hd_artifact_free(w.artifact);
}

static void
a_download_that_breaks_begins_again(void **state)
{
	struct world w;
	struct stat st;

	world_init(&w, *state);
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_OK);
	w.run.goal =
	    (struct hd_goal){ .kind = HD_GOAL_FETCH, .version = "1.0.0" };
	w.run.connect = connect_flaky;
	w.run.into = folder_path(*state, "got");
	w.breaks[0] = (struct break_at){ .n = 3 };
	assert_int_equal(hd_rollout(&w.run), HD_STATUS_OK);
	assert_string_equal(w.results[0], "ok");
	assert_int_equal(w.connected[0], 2);
	assert_int_equal(
	    stat(folder_path(*state, "got/hotcode-1.0.0.tar.gz"), &st), 0);
	assert_int_equal(st.st_size, w.artifact->size);
	hd_artifact_free(w.artifact);
}

#define test(f)                                                                \
	cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_push_puts_the_release_on_every_host_once),
		test(a_small_push_takes_two_calls),
		test(a_dry_run_plans_and_changes_nothing),
		test(one_host_that_refuses_keeps_all_others_as_they_are),
		test(one_host_out_of_reach_keeps_all_others_as_they_are),
		test(one_root_under_two_names_is_refused),
		test(a_root_that_cannot_be_entered_has_no_history_to_tell),
		test(a_connection_that_breaks_at_any_moment_costs_nothing),
		test(a_run_takes_over_the_lock_whose_answer_was_lost),
		test(the_age_of_facts_counts_from_the_question),
		test(a_host_that_vanished_before_an_operation_is_given_up_soon),
		test(a_download_that_breaks_begins_again),
		test(status_of_an_empty_host_says_that_something_is_missing),
		test(hooks_run_around_a_push_and_learn_of_a_failure),
		test(
		    a_hook_of_the_run_that_fails_before_it_keeps_all_as_they_are),
		test(hooks_of_more_names_than_a_variable_holds_begin_nothing),
		test(a_deploy_that_fails_to_ship_to_one_host_starts_none),
		test(a_deploy_whose_after_push_fails_starts_none),
		test(
		    a_deploy_that_is_interrupted_when_all_is_shipped_starts_none),
	};

	signal(SIGPIPE, SIG_IGN); /* as hdeploy does */
	return cmocka_run_group_tests_name("rollout", tests, NULL, NULL);
}
