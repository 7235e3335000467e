/* A way back that a person interrupts before it begins. */
#include "tests/support/cmocka_all.h"
#include "tests/support/folder.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/rollout/around.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define GOES_BACK                                                              \
	"hook after_upgrade failed; the upgrade itself succeeded and was not " \
	"undone, because the run was interrupted: `hdeploy rollback lab "      \
	"--limit web1` goes back to 0.1.0"

static void
on_first(int number)
{
	(void)number;
	hd_cancel_request();
}

static void
on_second(int number)
{
	(void)number;
	hd_cancel_insist();
}

struct world {
	struct hd_hook hooks[2];
	struct hd_env env;
	struct hd_host host;
	struct hd_run run;
	struct hd_site site;
};

static void
world_init(struct world *w, const char *before_host, size_t nhooks)
{
	*w = (struct world){
		.hooks = { { HD_HOOK_BEFORE_HOST, HD_HOOK_LOCAL, before_host },
		    { HD_HOOK_AFTER_HOST, HD_HOOK_LOCAL, "echo back >back" } },
		.env = { .name = "lab", .hook_timeout = 60000 },
		.host = { .name = "web1", .env_name = "lab" },
	};
	w->env.hooks = (struct hd_hooks){ w->hooks, nhooks, nhooks };
	w->run = (struct hd_run){ .env = &w->env, .command = "upgrade" };
	hd_site_init(&w->site, &w->run, &w->host);
	w->site.goal.kind = HD_GOAL_UPGRADE;
	w->site.plan.back = "0.1.0";
	hd_site_end(&w->site, HD_RES_OK, HD_OK, "");
}

static void
go_back(struct world *w, const char *text)
{
	const struct hd_err why = { .code = HD_EREMOTE,
		.msg = "hook after_upgrade failed" };
	const struct hd_wave back = { .run = &w->run, .hosts = "web1" };

	assert_true(hd_around_undo(&back, &w->site, &why));
	assert_string_equal(w->site.text, text);
	assert_int_equal(w->site.result, HD_RES_OK);
	assert_int_equal(w->site.status, HD_STATUS_FAILED);
	assert_false(w->site.begun);
	hd_site_done(&w->site);
}

/* The hook drains the host: only a second Ctrl-C ends it. */
static void
a_second_interrupt_in_before_host_is_reported(void **state)
{
	int64_t began = hd_clock_ms();
	struct world w;

	assert_int_equal(chdir(*state), 0);
	signal(SIGUSR1, on_first);
	signal(SIGUSR2, on_second);
	world_init(&w,
	    "kill -USR1 $PPID; sleep 1; echo on >on; kill -USR2 $PPID; "
	    "sleep 300",
	    2);
	go_back(
	    &w, GOES_BACK "; hook before_host ran, hook after_host did not");
	assert_int_equal(access("on", F_OK), 0);
	assert_int_equal(access("back", F_OK), -1);
	assert_in_range(hd_clock_ms() - began, 1000, 200000);
}

static void
no_host_goes_back_after_a_second_interrupt(void **state)
{
	struct world w;

	assert_int_equal(chdir(*state), 0);
	hd_cancel_insist();
	world_init(&w, "echo on >on", 2);
	go_back(&w, GOES_BACK);
	assert_int_equal(access("on", F_OK), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_second_interrupt_in_before_host_is_reported, folder_setup,
		    folder_teardown),
		cmocka_unit_test_setup_teardown(
		    no_host_goes_back_after_a_second_interrupt, folder_setup,
		    folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
