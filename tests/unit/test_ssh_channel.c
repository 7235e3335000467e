#define _GNU_SOURCE /* memfd_create */
#include "tests/support/cmocka_all.h"
#include "tests/support/ssh_fixture.h"
#include "tests/support/transport_case.h"

#include "core/base/clock.h"
#include "core/base/fs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Scripts, uploads and tunnels follow each other without a pause. */
static void
assert_all_take_turns(struct ssh_fixture *f, int times)
{
	HD_AUTO_FD fd = files_random(100000);
	char path[128];
	unsigned port;
	int pid = echo_start(&port);

	snprintf(path, sizeof(path), "%s/turn", f->folder);
	for (int i = 0; i < times; i++) {
		AUTO_OUTPUT o = OUTPUT_INIT;
		struct hd_err err = { 0 };
		struct hd_tunnel x = { "127.0.0.1", port, "hello", 5, 100,
			LONG_MS, output_take, &o };
		int status;

		assert_hd_ok(upload_file(f->t, fd, 100000, path, &err), &err);
		assert_true(files_equal(fd, path));
		assert_hd_ok(
		    run_script(f->t, "echo x", LONG_MS, &o, &status, &err),
		    &err);
		assert_string_equal(o.out.ptr, "x\n");
		assert_hd_ok(hd_tp_tunnel(f->t, &x, &err), &err);
		assert_string_equal(o.out.ptr, "x\nyou said: hello");
	}
	echo_stop(pid);
}

/* It frees a channel a moment after both sides have closed it. */
static void
a_server_that_gives_one_channel_at_a_time_serves_all_three(void **state)
{
	static const char *const ways[] = { "MaxSessions 1",
		"MaxSessions 1\nSubsystem sftp /usr/lib/openssh/sftp-server",
		"MaxSessions 1\nSubsystem none /bin/false" };
	NEEDS_SSHD(f);

	for (size_t i = 0; i < HD_COUNT(ways); i++) {
		ssh_fixture_reconnect(f, ways[i]);
		assert_all_take_turns(f, 10);
	}
}

struct answer {
	struct output o;
	bool complete;
};

static void
take_answer(void *ctx, enum hd_stream stream, const char *text, size_t len)
{
	struct answer *a = ctx;

	output_take(&a->o, stream, text, len);
	a->complete = strstr(a->o.out.ptr, "end\n") != NULL;
}

/* Runs a script that leaves a child with its streams; first the child's pid is
 * printed, last "end". */
static void
assert_ends_without_child(struct hd_transport *t, const char *script)
{
	struct answer a = { .o = OUTPUT_INIT };
	struct hd_exec x = { .script = script,
		.len = strlen(script),
		.deadline_ms = LONG_MS,
		.out = take_answer,
		.ctx = &a,
		.complete = &a.complete };
	struct hd_err err = { 0 };
	int64_t start = hd_clock_ms();
	int status = 99;

	assert_hd_ok(hd_tp_exec(t, &x, &status, &err), &err);
	assert_true(hd_clock_ms() - start < 5000);
	assert_non_null(strstr(a.o.out.ptr, "end\n"));
	kill(atoi(a.o.out.ptr), SIGKILL);
	output_done(&a.o);
}

static void
a_complete_answer_does_not_wait_for_a_child(void **state)
{
	static const char *const scripts[] = {
		"sleep 60 & echo $!; echo end",
		"sleep 60 & echo $!; echo end; exit 3",
		"exec 5>&1; sleep 60 >/dev/null 2>&1 & echo $!; echo end",
		"(while :; do echo y; done) 2>/dev/null & echo $!; echo end",
	};
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int status;
	NEEDS_SSHD(f);

	for (size_t i = 0; i < HD_COUNT(scripts); i++) {
		if (i == 2)
			ssh_fixture_reconnect(f, "MaxSessions 1");
		assert_ends_without_child(f->t, scripts[i]);
	}
	assert_hd_ok(
	    run_script(f->t, "echo on", LONG_MS, &o, &status, &err), &err);
	assert_string_equal(o.out.ptr, "on\n");
}

static void
what_a_complete_answer_wrote_to_stderr_arrives(void **state)
{
	static const char script[] =
	    "sleep 60 & echo $!; head -c 300000 /dev/zero >&2; echo end";
	struct answer a = { .o = OUTPUT_INIT };
	struct hd_exec x = { .script = script,
		.len = strlen(script),
		.deadline_ms = LONG_MS,
		.out = take_answer,
		.ctx = &a,
		.complete = &a.complete };
	struct hd_err err = { 0 };
	int status;
	NEEDS_SSHD(f);

	assert_hd_ok(hd_tp_exec(f->t, &x, &status, &err), &err);
	assert_int_equal(a.o.nerr, 300000);
	assert_int_equal(status, -1);
	kill(atoi(a.o.out.ptr), SIGKILL);
	output_done(&a.o);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(                                       \
	    f, ssh_fixture_connect, ssh_fixture_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(
		    a_server_that_gives_one_channel_at_a_time_serves_all_three),
		TEST(a_complete_answer_does_not_wait_for_a_child),
		TEST(what_a_complete_answer_wrote_to_stderr_arrives),
	};

	return cmocka_run_group_tests_name(
	    "ssh_channel", tests, ssh_fixture_setup, ssh_fixture_teardown);
}
