#define _GNU_SOURCE /* memfd_create */
#include "tests/support/cmocka_all.h"
#include "tests/support/ssh_fixture.h"
#include "tests/support/transport_case.h"

#include "core/base/clock.h"
#include "core/base/fs.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
exec_gives_output_and_true_status(void **state)
{
	NEEDS_SSHD(f);

	assert_exec_is_true(f->t);
}

/* A new connection to a host whose gzip does not work. */
static void
break_gzip(struct ssh_fixture *f)
{
	char gzip[128], lines[160];

	snprintf(gzip, sizeof(gzip), "%s/gzip", f->folder);
	snprintf(
	    lines, sizeof(lines), "SetEnv PATH=%s:/usr/bin:/bin", f->folder);
	files_write(gzip, "#!/bin/sh\nexit 1\n");
	assert_int_equal(chmod(gzip, 0755), 0);
	ssh_fixture_reconnect(f, lines);
}

static void
five_megabytes_flow_each_way_at_once(void **state)
{
	HD_AUTO_STR script = HD_STR_INIT(6 * 1024 * 1024);
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int status;
	NEEDS_SSHD(f);

	/* the shell runs each line as it arrives, unless they are compressed:
	 * output overlaps input */
	break_gzip(f);
	while (script.len < 5000000)
		hd_str_add(&script,
		    "echo 12345678901234567890123456789012345678901234567890"
		    " >&2; : 123456789012345678901234567890123456789\n");
	hd_str_add(&script, "head -c 5000000 /dev/zero >&2; echo end; exit 3");
	assert_hd_ok(
	    run_script(f->t, script.ptr, LONG_MS, &o, &status, &err), &err);
	assert_true(o.nerr > 7000000);
	assert_non_null(strstr(o.out.ptr, " plain\nend\n"));
	assert_int_equal(status, 3);
}

static void
both_streams_full_do_not_block_each_other(void **state)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int status;
	NEEDS_SSHD(f);

	assert_hd_ok(run_script(f->t,
			 "head -c 5000000 /dev/zero & head -c 6000000 "
			 "/dev/zero >&2; wait",
			 LONG_MS, &o, &status, &err),
	    &err);
	assert_int_equal(o.nout, 5000000);
	assert_int_equal(o.nerr, 6000000);
}

static void
a_script_that_does_not_read_its_input_ends_all_the_same(void **state)
{
	HD_AUTO_STR script = HD_STR_INIT(6 * 1024 * 1024);
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int status;
	NEEDS_SSHD(f);

	hd_str_add(&script, "exit 5\n");
	while (script.len < 5000000)
		hd_str_add(&script, "# never read by the shell that is gone\n");
	assert_hd_ok(
	    run_script(f->t, script.ptr, LONG_MS, &o, &status, &err), &err);
	assert_int_equal(status, 5);
	assert_hd_ok(
	    run_script(f->t, "exit 6", LONG_MS, &o, &status, &err), &err);
	assert_int_equal(status, 6);
}

/* Runs a script that reports its pid and sleeps; the pid is killed. */
static void
assert_deadline(struct hd_transport *t, const char *script)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int64_t start = hd_clock_ms();
	int status;

	assert_hd_fails(
	    run_script(t, script, 500, &o, &status, &err), &err, HD_ETIMEOUT);
	assert_true(hd_clock_ms() - start < 5000);
	if (atoi(o.out.ptr) > 1)
		kill(atoi(o.out.ptr), SIGKILL);
	assert_hd_fails(
	    run_script(t, "", LONG_MS, &o, &status, &err), &err, HD_ECONNECT);
}

static void
a_script_that_does_not_end_costs_its_deadline(void **state)
{
	NEEDS_SSHD(f);
	assert_deadline(f->t, "echo $$; exec sleep 60");
}

static void
a_child_that_keeps_the_output_open_costs_the_deadline_only(void **state)
{
	NEEDS_SSHD(f);
	assert_deadline(f->t, "sleep 60 & echo $!; exit 3");
}

static void
endless_output_does_not_outlive_the_deadline(void **state)
{
	NEEDS_SSHD(f);
	assert_deadline(f->t, "while :; do echo y; done");
}

static void
a_frozen_server_costs_the_deadline_and_closing_nothing(void **state)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int64_t start;
	int status;
	NEEDS_SSHD(f);

	sshd_signal(f->d, SIGSTOP);
	assert_hd_fails(run_script(f->t, "echo hello", 300, &o, &status, &err),
	    &err, HD_ETIMEOUT);
	start = hd_clock_ms();
	hd_tp_close(f->t);
	f->t = NULL;
	assert_true(hd_clock_ms() - start < 5000);
}

static void
an_idle_connection_to_a_frozen_server_closes_at_once(void **state)
{
	int64_t start;
	NEEDS_SSHD(f);

	sshd_signal(f->d, SIGSTOP);
	start = hd_clock_ms();
	hd_tp_close(f->t);
	f->t = NULL;
	assert_true(hd_clock_ms() - start < 5000);
}

/* Kills the server after the first output. */
struct killer {
	struct output o;
	struct sshd *d;
};

static void
kill_server(void *ctx, enum hd_stream stream, const char *text, size_t len)
{
	struct killer *k = ctx;

	output_take(&k->o, stream, text, len);
	if (k->o.nout == len)
		sshd_signal(k->d, SIGKILL);
}

static void
a_killed_server_is_a_lost_connection(void **state)
{
	static const char script[] = "echo $$; exec sleep 60";
	struct killer k = { .o = OUTPUT_INIT };
	struct hd_err err = { 0 };
	int64_t start = hd_clock_ms();
	NEEDS_SSHD(f);
	struct hd_exec x = { .script = script,
		.len = strlen(script),
		.deadline_ms = LONG_MS,
		.out = kill_server,
		.ctx = &k };
	int status;

	k.d = f->d;
	assert_hd_fails(hd_tp_exec(f->t, &x, &status, &err), &err, HD_ECONNECT);
	assert_true(hd_clock_ms() - start < 5000);
	kill(atoi(k.o.out.ptr), SIGKILL);
	output_done(&k.o);
}

/* Freezes the server after the first output. */
static void
freeze_server(void *ctx, enum hd_stream stream, const char *text, size_t len)
{
	struct killer *k = ctx;

	output_take(&k->o, stream, text, len);
	if (k->o.nout == len)
		sshd_signal(k->d, SIGSTOP);
}

static void
only_a_server_that_gives_no_sign_of_life_is_given_up(void **state)
{
	static const char script[] = "sleep 4; echo $$; exec sleep 60";
	struct killer k = { .o = OUTPUT_INIT };
	struct hd_err err = { 0 };
	struct hd_transport *t = NULL;
	int64_t start = hd_clock_ms();
	NEEDS_SSHD(f);
	struct hd_ssh_opts o = sshd_opts(f->d);
	struct hd_exec x = { .script = script,
		.len = strlen(script),
		.deadline_ms = LONG_MS,
		.out = freeze_server,
		.ctx = &k };
	int status;

	o.net.connect_ms = 1000;
	k.d = f->d;
	assert_hd_ok(hd_ssh_open(&t, &o, &err), &err);
	assert_hd_fails(hd_tp_exec(t, &x, &status, &err), &err, HD_ECONNECT);
	assert_non_null(strstr(err.msg, "no answer for"));
	assert_in_range(hd_clock_ms() - start, 6000, 12000);
	hd_tp_close(t);
	sshd_signal(f->d, SIGKILL);
	kill(atoi(k.o.out.ptr), SIGKILL);
	output_done(&k.o);
}

static void
a_server_that_runs_no_commands_is_told_from_a_lost_one(void **state)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int status;
	NEEDS_SSHD(f);

	ssh_fixture_reconnect(f, "MaxSessions 0");
	assert_hd_fails(
	    run_script(f->t, "", LONG_MS, &o, &status, &err), &err, HD_EREMOTE);
	assert_string_equal(err.msg,
	    "the SSH server refused to run a command: it allows none "
	    "(MaxSessions 0 in its sshd_config)");
}

/* It frees a channel a moment after we see its end. */
static void
a_server_that_runs_one_command_at_a_time_runs_many(void **state)
{
	enum { MANY = 40 };
	struct hd_err err = { 0 };
	int status;
	NEEDS_SSHD(f);

	ssh_fixture_reconnect(f, "MaxSessions 1");
	for (size_t i = 0; i < MANY; i++) {
		AUTO_OUTPUT o = OUTPUT_INIT;

		assert_hd_ok(
		    run_script(f->t, "echo x", LONG_MS, &o, &status, &err),
		    &err);
		assert_string_equal(o.out.ptr, "x\n");
	}
}

/* A long script that adds a line to a file, then says what it is. */
static void
add_run(struct hd_str *script, const char *file)
{
	hd_str_addf(script, "{\necho x >>%s\n", file);
	while (script->len < 100000)
		hd_str_addf(script, ": %zu\n", script->len);
	hd_str_add(script, "tr '\\0' ' ' </proc/$$/cmdline; exit 7\n}\n");
}

static void
a_long_script_is_compressed_and_runs_once_without_gzip_too(void **state)
{
	struct hd_err err = { 0 };
	char file[128];
	int status;
	NEEDS_SSHD(f);

	snprintf(file, sizeof(file), "%s/runs", f->folder);
	for (int i = 0; i < 3; i++) {
		HD_AUTO_STR script = HD_STR_INIT(200000);
		HD_AUTO_FREE char *runs = NULL;
		AUTO_OUTPUT o = OUTPUT_INIT;

		add_run(&script, file);
		assert_hd_ok(
		    run_script(f->t, script.ptr, LONG_MS, &o, &status, &err),
		    &err);
		assert_int_equal(status, 7);
		/* "/bin/sh -s": it came as it is */
		assert_int_equal(
		    strstr(o.out.ptr, "/bin/sh -s ") != NULL, i > 0);
		assert_int_equal(strstr(o.out.ptr, " plain\n") != NULL, i == 1);
		runs = files_text(file);
		assert_int_equal(strlen(runs), 2 * (i + 1));
		if (i == 0)
			break_gzip(f);
	}
}

static void
another_user_runs_the_script(void **state)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int status;
	NEEDS_SSHD(f);

	ssh_fixture_nobody(f);
	assert_hd_ok(
	    run_script(f->t, "id -un", LONG_MS, &o, &status, &err), &err);
	assert_string_equal(o.out.ptr, "nobody\n");
}

static void
a_tunnel_asks_from_the_host(void **state)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	unsigned port, silent;
	NEEDS_SSHD(f);
	int pid = echo_start(&port);
	int listener = silent_listener(&silent);
	struct hd_tunnel x = { "127.0.0.1", port, "hello", 5, 100, LONG_MS,
		output_take, &o, NULL };

	assert_hd_ok(hd_tp_tunnel(f->t, &x, &err), &err);
	assert_string_equal(o.out.ptr, "you said: hello");
	x.max = 3;
	assert_hd_ok(hd_tp_tunnel(f->t, &x, &err), &err);
	assert_string_equal(o.out.ptr, "you said: helloyou");
	echo_stop(pid);
	x.port = port;
	assert_hd_fails(hd_tp_tunnel(f->t, &x, &err), &err, HD_EREMOTE);
	assert_non_null(strstr(err.msg, "nothing accepts the connection"));
	x.port = silent;
	x.deadline_ms = 300;
	assert_hd_fails(hd_tp_tunnel(f->t, &x, &err), &err, HD_ETIMEOUT);
	close(listener);
}

static void
a_forbidden_tunnel_says_who_forbids_it(void **state)
{
	struct hd_err err = { 0 };
	struct hd_tunnel x = { "127.0.0.1", 1, "", 0, 1, LONG_MS, NULL, NULL,
		NULL };
	NEEDS_SSHD(f);

	ssh_fixture_reconnect(f, "AllowTcpForwarding no");
	assert_hd_fails(hd_tp_tunnel(f->t, &x, &err), &err, HD_EREMOTE);
	assert_non_null(strstr(err.msg, "forbids"));
}

static void
many_commands_follow_each_other_on_one_connection(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(f);

	for (int i = 0; i < 30; i++) {
		AUTO_OUTPUT o = OUTPUT_INIT;
		int status;

		assert_hd_ok(run_script(f->t, "echo $((6 * 7))", LONG_MS, &o,
				 &status, &err),
		    &err);
		assert_string_equal(o.out.ptr, "42\n");
	}
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(                                       \
	    f, ssh_fixture_connect, ssh_fixture_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(exec_gives_output_and_true_status),
		TEST(five_megabytes_flow_each_way_at_once),
		TEST(both_streams_full_do_not_block_each_other),
		TEST(a_script_that_does_not_read_its_input_ends_all_the_same),
		TEST(a_script_that_does_not_end_costs_its_deadline),
		TEST(
		    a_child_that_keeps_the_output_open_costs_the_deadline_only),
		TEST(endless_output_does_not_outlive_the_deadline),
		TEST(a_frozen_server_costs_the_deadline_and_closing_nothing),
		TEST(an_idle_connection_to_a_frozen_server_closes_at_once),
		TEST(a_killed_server_is_a_lost_connection),
		TEST(only_a_server_that_gives_no_sign_of_life_is_given_up),
		TEST(a_server_that_runs_no_commands_is_told_from_a_lost_one),
		TEST(a_server_that_runs_one_command_at_a_time_runs_many),
		TEST(
		    a_long_script_is_compressed_and_runs_once_without_gzip_too),
		TEST(another_user_runs_the_script),
		TEST(a_tunnel_asks_from_the_host),
		TEST(a_forbidden_tunnel_says_who_forbids_it),
		TEST(many_commands_follow_each_other_on_one_connection),
	};

	return cmocka_run_group_tests_name(
	    "ssh_run", tests, ssh_fixture_setup, ssh_fixture_teardown);
}
