#define _GNU_SOURCE /* memfd_create */
#include "tests/support/cmocka_all.h"
#include "tests/support/ssh_fixture.h"
#include "tests/support/transport_case.h"

#include "core/base/clock.h"
#include "core/base/fs.h"

#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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
			LONG_MS, output_take, &o, NULL };
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
		"MaxSessions 1\nSubsystem none /bin/false",
		"MaxSessions 1\nSubsystem sftp /nonexistent/sftp-server",
		"MaxSessions 1\nSubsystem sftp echo garbage; exec cat" };
	NEEDS_SSHD(f);

	for (size_t i = 0; i < HD_COUNT(ways); i++) {
		ssh_fixture_reconnect(f, ways[i]);
		assert_all_take_turns(f, 10);
	}
}

/* A tool's whole output, without the last newline. The caller frees it. */
static char *
output_of(const char *command)
{
	FILE *p = popen(command, "r");
	char *text = hd_alloc(4096);
	size_t n = fread(text, 1, 4095, p);

	assert_int_equal(pclose(p), 0);
	while (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	return text;
}

/* Another server on the same port, NULL: sshd; all files are read again. */
static void
use_server(struct ssh_fixture *f, const char *script)
{
	hd_tp_close(f->t);
	f->t = NULL;
	(void)sshd_reset((void **)&f->d);
	sshd_replace(f->d, script);
	sshd_new_run(f->d);
}

/* Other SSH servers, and how to make their host key and to print it. */
struct other {
	const char *program, *make, *print, *run;
};
static const struct other tinysshd = { "tinysshd", "tinysshd-makekey keys",
	"tinysshd-printkey keys", "tinysshd -v \"$1\"/keys" };
static const struct other dropbear = { "dropbear",
	"dropbearkey -t ed25519 -f keys", "dropbearkey -y -f keys | grep ^ssh-",
	"dropbear -i -s -r \"$1\"/keys" };

/* They read authorized_keys in the user's home only, so they see another home,
 * through a mount namespace. */
static void
use_other(struct ssh_fixture *f, const struct other *o)
{
	struct hd_arena *a = &f->d->arena;
	HD_AUTO_FREE char *key = NULL;
	struct passwd *pw = getpwuid(geteuid());

	if (geteuid() != 0 ||
	    system(hd_arena_fmt(a,
		"command -v %s >/dev/null && unshare -m true 2>/dev/null",
		o->program)) != 0)
		skip();
	free(output_of(hd_arena_fmt(a,
	    "cd %s && rm -rf home keys && mkdir -m 700 home home/.ssh && cp "
	    "authorized_keys home/.ssh/ && %s >/dev/null 2>&1",
	    f->d->dir, o->make)));
	key = output_of(hd_arena_fmt(
	    a, "cd %s && %s | cut -d' ' -f1-2", f->d->dir, o->print));
	use_server(
	    f, hd_arena_fmt(a,
		   "#!/bin/sh\nexec unshare -m sh -c 'mount --bind \"$1\"/home "
		   "\"$2\" && exec %s 2>>\"$1\"/log' sh %s %s\n",
		   o->run, f->d->dir, pw->pw_dir));
	sshd_know(f->d, hd_arena_fmt(a, "%%s %s\n", key));
}

static void
assert_whole_file_is_read(struct ssh_fixture *f)
{
	HD_AUTO_FD source = files_random(5000000);
	HD_AUTO_FD to = memfd_create("read", MFD_CLOEXEC);
	char path[128], copy[64];
	struct hd_err err = { 0 };
	struct hd_read r = { path, to, 5000000, LONG_MS, NULL, NULL };

	snprintf(path, sizeof(path), "%s/read", f->folder);
	snprintf(copy, sizeof(copy), "/proc/self/fd/%d", to);
	assert_hd_ok(upload_file(f->t, source, 5000000, path, &err), &err);
	assert_hd_ok(hd_tp_read(f->t, &r, &err), &err);
	assert_true(files_equal(source, copy));
}

static void
tinysshd_gets_a_connection_for_each_command(void **state)
{
	enum { TIMES = 5 };
	HD_AUTO_FD fd = files_random(100000);
	struct hd_tunnel x = { "127.0.0.1", 1, "", 0, 1, LONG_MS, NULL, NULL,
		NULL };
	struct hd_err refusal = { 0 };
	char path[128];
	int before;
	NEEDS_SSHD(f);

	use_other(f, &tinysshd);
	ssh_fixture_reconnect(f, "");
	snprintf(path, sizeof(path), "%s/tiny", f->folder);
	before = sshd_connections(f->d);
	for (int i = 0; i < TIMES; i++) {
		AUTO_OUTPUT o = OUTPUT_INIT;
		struct hd_err err = { 0 };
		int status;

		assert_hd_ok(run_script(f->t, "echo x; exit 3", LONG_MS, &o,
				 &status, &err),
		    &err);
		assert_string_equal(o.out.ptr, "x\n");
		assert_int_equal(status, 3);
		/* the first upload asks for SFTP first */
		assert_hd_ok(
		    upload_over(f->t, i == 0, fd, 100000, path, &err), &err);
		assert_true(files_equal(fd, path));
	}
	assert_int_equal(sshd_connections(f->d) - before, 2 * TIMES);
	assert_whole_file_is_read(f);
	assert_hd_fails(hd_tp_tunnel(f->t, &x, &refusal), &refusal, HD_EREMOTE);
	assert_string_equal(refusal.msg,
	    "cannot connect to 127.0.0.1 port 1 from the host: the SSH server "
	    "forbids forwarding");
}

static void
dropbear_serves_all_three(void **state)
{
	NEEDS_SSHD(f);

	use_other(f, &dropbear);
	ssh_fixture_reconnect(f, "");
	assert_all_take_turns(f, 30);
}

static void
every_connection_checks_the_host_key(void **state)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int status;
	NEEDS_SSHD(f);

	use_other(f, &tinysshd);
	ssh_fixture_reconnect(f, "");
	assert_hd_ok(run_script(f->t, "", LONG_MS, &o, &status, &err), &err);
	free(output_of(hd_arena_fmt(&f->d->arena,
	    "cd %s && rm -r keys && tinysshd-makekey keys", f->d->dir)));
	assert_hd_fails(run_script(f->t, "echo x", LONG_MS, &o, &status, &err),
	    &err, HD_EHOSTKEY);
	assert_non_null(strstr(err.msg, "connecting again, because"));
	assert_string_equal(o.out.ptr, "");
	assert_hd_fails(run_script(f->t, "echo x", LONG_MS, &o, &status, &err),
	    &err, HD_ECONNECT);
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
 * printed, last "end". Returns that pid. */
static int
end_without_child(struct hd_transport *t, const char *script)
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
	int status = 99, pid;

	assert_hd_ok(hd_tp_exec(t, &x, &status, &err), &err);
	assert_true(hd_clock_ms() - start < 15000);
	assert_non_null(strstr(a.o.out.ptr, "end\n"));
	pid = atoi(a.o.out.ptr);
	output_done(&a.o);
	assert_true(pid > 1); /* kill(0) would end the test itself */
	return pid;
}

static void
a_complete_answer_does_not_wait_for_a_child(void **state)
{
	static const char *const scripts[] = {
		"sleep 60 & echo $!; echo end",
		"sleep 60 & echo $!; echo end; exit 3",
		"exec 5>&1; sleep 60 >/dev/null 2>&1 & echo $!; echo end",
		("sh -c 'echo $$; echo end; while :; do echo y; done' "
		 "2>/dev/null &"),
	};
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int status;
	NEEDS_SSHD(f);

	for (size_t i = 0; i < HD_COUNT(scripts); i++) {
		if (i == 2)
			ssh_fixture_reconnect(f, "MaxSessions 1");
		kill(end_without_child(f->t, scripts[i]), SIGKILL);
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
	assert_true(atoi(a.o.out.ptr) > 1);
	kill(atoi(a.o.out.ptr), SIGKILL);
	output_done(&a.o);
}

/* The script goes on and keeps the only slot of its connection. */
static void
a_slot_that_is_never_freed_costs_a_connection(void **state)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int status, before, pid;
	NEEDS_SSHD(f);

	ssh_fixture_reconnect(f, "MaxSessions 1");
	before = sshd_connections(f->d);
	pid = end_without_child(
	    f->t, "echo $$; echo end; trap '' PIPE TERM HUP; sleep 60");
	assert_hd_ok(
	    run_script(f->t, "echo on", LONG_MS, &o, &status, &err), &err);
	assert_string_equal(o.out.ptr, "on\n");
	assert_int_equal(sshd_connections(f->d) - before, 1);
	kill(pid, SIGKILL);
}

static void
no_output_of_an_abandoned_child_reaches_the_next_command(void **state)
{
	NEEDS_SSHD(f);

	for (int i = 0; i < 10; i++) {
		AUTO_OUTPUT o = OUTPUT_INIT;
		struct hd_err err = { 0 };
		int pid, status;

		pid = end_without_child(
		    f->t, "sh -c 'echo $$; echo end; exec yes' 2>/dev/null &");
		assert_hd_ok(
		    run_script(f->t, "echo on", LONG_MS, &o, &status, &err),
		    &err);
		assert_string_equal(o.out.ptr, "on\n");
		assert_int_equal(status, 0);
		kill(pid, SIGKILL);
	}
}

static int
back_to_sshd(void **state)
{
	struct ssh_fixture *f = *state;

	if (f->d != NULL)
		use_server(f, NULL);
	return 0;
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, ssh_fixture_connect, back_to_sshd)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(
		    a_server_that_gives_one_channel_at_a_time_serves_all_three),
		TEST(tinysshd_gets_a_connection_for_each_command),
		TEST(dropbear_serves_all_three),
		TEST(every_connection_checks_the_host_key),
		TEST(a_complete_answer_does_not_wait_for_a_child),
		TEST(what_a_complete_answer_wrote_to_stderr_arrives),
		TEST(no_output_of_an_abandoned_child_reaches_the_next_command),
		TEST(a_slot_that_is_never_freed_costs_a_connection),
	};

	return cmocka_run_group_tests_name(
	    "ssh_channel", tests, ssh_fixture_setup, ssh_fixture_teardown);
}
