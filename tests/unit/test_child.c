#include "tests/support/cmocka_all.h"

#include "core/base/child.h"
#include "core/base/clock.h"
#include "core/base/str.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
collect(void *ctx, const char *text, size_t len)
{
	hd_str_addn(ctx, text, len);
}

static void
a_timeout_ends_it_and_its_children(void **state)
{
	HD_AUTO_STR out = HD_STR_INIT(4096);
	const struct hd_child how = { .command =
					  "sleep 60 & echo $!; yes & sleep 60",
		.timeout_ms = 300,
		.out = collect,
		.ctx = &out };
	int64_t began = hd_clock_ms();
	struct hd_err err = { 0 };

	(void)state;
	assert_hd_fails(hd_child_run(&how, &err), &err, HD_ELOCAL);
	assert_non_null(strstr(
	    err.msg, "did not finish in 1 s and was killed (command: sleep"));
	assert_true(hd_clock_ms() - began < 20000);
}

static void
its_variables_are_data_and_replace_those_of_this_process(void **state)
{
	static const struct hd_pair set[] = {
		{ "A", "$(id) 'x' \"y\"; #\n\\" },
		{ "B", "" },
		{ "C", NULL },
	};
	HD_AUTO_STR out = HD_STR_INIT(4096);
	const struct hd_child how = {
		.command = "printf %s \"$A\"; echo \"[${B-none}${C-none}]$D\"",
		.set = set,
		.nset = HD_COUNT(set),
		.out = collect,
		.ctx = &out
	};
	struct hd_err err = { 0 };

	(void)state;
	setenv("A", "stale", 1);
	setenv("C", "stale", 1);
	setenv("D", "kept", 1);
	assert_hd_ok(hd_child_run(&how, &err), &err);
	assert_string_equal(out.ptr, "$(id) 'x' \"y\"; #\n\\[none]kept\n");
}

static int
run_cancelled(enum hd_cancel ends)
{
	HD_AUTO_STR out = HD_STR_INIT(4096);
	const struct hd_child how = { .command = "sleep 0.3; echo done",
		.timeout_ms = 30000,
		.ends = ends,
		.out = collect,
		.ctx = &out };
	struct hd_err err = { 0 };

	hd_cancel_request();
	if (hd_child_run(&how, &err) == 0)
		return strcmp(out.ptr, "done\n") == 0 ? 0 : 2;
	return err.code == HD_ECANCELED ? 1 : 2;
}

/* In a child process, because a request to cancel cannot be withdrawn. */
static void
it_can_survive_the_first_interruption(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++) {
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(run_cancelled(
			    late ? HD_CANCEL_NOW : HD_CANCEL_SOON));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(WEXITSTATUS(status), late ? 0 : 1);
	}
}

static void
it_can_read_more_than_a_pipe_holds_from_its_stdin(void **state)
{
	enum { SIZE = 300000 };
	HD_AUTO_FREE char *input = hd_alloc(SIZE + 1);
	HD_AUTO_STR out = HD_STR_INIT(4096);
	const struct hd_child how = { .command = "sleep 0.1; wc -c; cat",
		.input = input,
		.out = collect,
		.ctx = &out };
	struct hd_err err = { 0 };

	(void)state;
	memset(input, 'x', SIZE);
	assert_hd_ok(hd_child_run(&how, &err), &err);
	assert_int_equal(atoi(out.ptr), SIZE);
}

static void
it_need_not_read_its_stdin(void **state)
{
	enum { SIZE = 300000 };
	HD_AUTO_FREE char *input = hd_alloc(SIZE + 1);
	HD_AUTO_STR out = HD_STR_INIT(4096);
	struct hd_child how = { .command = "echo done",
		.input = input,
		.out = collect,
		.ctx = &out };
	struct hd_err err = { 0 };

	(void)state;
	signal(SIGPIPE, SIG_IGN); /* as hdeploy does */
	memset(input, 'x', SIZE);
	assert_hd_ok(hd_child_run(&how, &err), &err);
	how.command = "exec <&-; sleep 0.3; echo later";
	assert_hd_ok(hd_child_run(&how, &err), &err);
	assert_string_equal(out.ptr, "done\nlater\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_timeout_ends_it_and_its_children),
		cmocka_unit_test(
		    its_variables_are_data_and_replace_those_of_this_process),
		cmocka_unit_test(
		    it_can_read_more_than_a_pipe_holds_from_its_stdin),
		cmocka_unit_test(it_need_not_read_its_stdin),
		cmocka_unit_test(it_can_survive_the_first_interruption),
	};

	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
