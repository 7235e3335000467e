#define _XOPEN_SOURCE 700
#include "tests/support/cmocka_all.h"

#include "core/artifact/build.h"
#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/str.h"
#include "tests/support/folder.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
collect(void *ctx, const char *text, size_t len)
{
	hd_str_addn(ctx, text, len);
}

static int
build(const char *command, const char *env, const char *version,
    hd_child_fn *out, void *ctx, struct hd_err *err)
{
	const struct hd_build how = { .command = command,
		.env = env,
		.version = version,
		.out = out,
		.ctx = ctx };

	return hd_build_run(&how, err);
}

static void
its_output_arrives_and_its_variables_are_set(void **state)
{
	HD_AUTO_STR out = HD_STR_INIT(4096);
	struct hd_err err = { 0 };

	(void)state;
	setenv("HDEPLOY_ENV", "stale", 1);
	setenv("HDEPLOY_VERSION", "stale", 1);
	assert_hd_ok(build("echo to-err >&2; echo $HDEPLOY_ENV "
			   "${HDEPLOY_VERSION-none}; wc -c; "
			   "echo $PATH | wc -l",
			 "prod", "0.2.0", collect, &out, &err),
	    &err);
	assert_string_equal(out.ptr, "to-err\nprod 0.2.0\n0\n1\n");
	hd_str_done(&out);
	assert_hd_ok(build("echo $HDEPLOY_ENV ${HDEPLOY_VERSION-none}", "stage",
			 NULL, collect, &out, &err),
	    &err);
	assert_string_equal(out.ptr, "stage none\n");
}

static void
it_gets_the_running_version_if_known(void **state)
{
	HD_AUTO_STR out = HD_STR_INIT(4096);
	struct hd_err err = { 0 };
	struct hd_build how = { .command = "echo \"[${HDEPLOY_RUNNING-none}]\"",
		.env = "prod",
		.out = collect,
		.ctx = &out };

	(void)state;
	setenv("HDEPLOY_RUNNING", "stale", 1);
	assert_hd_ok(hd_build_run(&how, &err), &err);
	how.running = "";
	assert_hd_ok(hd_build_run(&how, &err), &err);
	how.running = "0.1.0 0.2.0";
	assert_hd_ok(hd_build_run(&how, &err), &err);
	assert_string_equal(out.ptr, "[none]\n[]\n[0.1.0 0.2.0]\n");
}

static void
all_of_a_long_output_arrives(void **state)
{
	HD_AUTO_STR out = HD_STR_INIT(4 * 1024 * 1024);
	struct hd_err err = { 0 };

	(void)state;
	assert_hd_ok(build("head -c 2000000 /dev/zero", "prod", NULL, collect,
			 &out, &err),
	    &err);
	assert_int_equal(out.len, 2000000);
}

static void
its_failure_is_reported_with_status_or_signal(void **state)
{
	HD_AUTO_STR out = HD_STR_INIT(4096);
	struct hd_err err = { 0 };

	(void)state;
	assert_hd_fails(build("exit 3", "prod", NULL, collect, &out, &err),
	    &err, HD_ELOCAL);
	assert_string_equal(err.msg,
	    "failed with status 3, without any output (command: "
	    "exit 3)");
	assert_hd_fails(build("echo one; echo 'two: bad' >&2; exit 4", "prod",
			    NULL, collect, &out, &err),
	    &err, HD_ELOCAL);
	assert_non_null(
	    strstr(err.msg, "failed with status 4: two: bad (command: "));
	assert_hd_fails(build("kill -9 $$", "prod", NULL, collect, &out, &err),
	    &err, HD_ELOCAL);
	assert_non_null(strstr(err.msg, "killed by signal 9"));
}

/* Such as epmd, if a build starts it. */
static void
a_process_left_behind_does_not_delay_it(void **state)
{
	HD_AUTO_STR out = HD_STR_INIT(4096);
	struct hd_err err = { 0 };
	int64_t start = hd_clock_ms();

	(void)state;
	assert_hd_ok(
	    build("sleep 60 & echo $!", "prod", NULL, collect, &out, &err),
	    &err);
	assert_true(hd_clock_ms() - start < 30000);
	assert_int_equal(kill((pid_t)atol(out.ptr), SIGKILL), 0);
}

/* Cancels as soon as the build prints that it runs. */
static void
cancel_when_ready(void *ctx, const char *text, size_t len)
{
	collect(ctx, text, len);
	if (strstr(((struct hd_str *)ctx)->ptr, "ready\n") != NULL)
		hd_cancel_request();
}

/* Returns 0 if all processes of the build ended: one that still ran would keep
 * the other end of a pipe open. */
static int
cancelled_build(const char *command)
{
	HD_AUTO_STR out = HD_STR_INIT(4096);
	struct hd_err err = { 0 };
	struct pollfd p = { .events = POLLIN };
	int ends[2];

	if (pipe(ends) < 0)
		return 1;
	if (build(command, "prod", NULL, cancel_when_ready, &out, &err) != -1 ||
	    err.code != HD_ECANCELED)
		return 2;
	close(ends[1]);
	p.fd = ends[0];
	return poll(&p, 1, 5000) == 1 && (p.revents & POLLHUP) ? 0 : 3;
}

/* In a child process, because a request to cancel cannot be withdrawn. */
static int
in_a_child(const char *command)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(cancelled_build(command));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
an_interruption_ends_it_and_its_children(void **state)
{
	(void)state;
	assert_int_equal(
	    in_a_child("sleep 60 & echo ready; sleep 60; true"), 0);
}

static void
a_build_that_ignores_the_interruption_is_killed(void **state)
{
	(void)state;
	assert_int_equal(
	    in_a_child("trap '' TERM; echo ready; sleep 60; sleep 60"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_output_arrives_and_its_variables_are_set),
		cmocka_unit_test(it_gets_the_running_version_if_known),
		cmocka_unit_test(all_of_a_long_output_arrives),
		cmocka_unit_test(its_failure_is_reported_with_status_or_signal),
		cmocka_unit_test(a_process_left_behind_does_not_delay_it),
		cmocka_unit_test(an_interruption_ends_it_and_its_children),
		cmocka_unit_test(
		    a_build_that_ignores_the_interruption_is_killed),
	};

	return cmocka_run_group_tests_name("build", tests, NULL, NULL);
}
