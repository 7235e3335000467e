#define _GNU_SOURCE /* memfd_create */
#include "tests/support/cmocka_all.h"
#include "tests/support/transport_case.h"

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "transport/local.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int
setup(void **state)
{
	struct hd_err err = { 0 };
	struct hd_transport *t = NULL;

	assert_hd_ok(hd_local_open(&t, NULL, &err), &err);
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	hd_tp_close(*state);
	return 0;
}

static void
exec_gives_output_and_true_status(void **state)
{
	assert_exec_is_true(*state);
}

static void
five_megabytes_flow_each_way_at_once(void **state)
{
	HD_AUTO_STR script = HD_STR_INIT(6 * 1024 * 1024);
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int status;

	hd_str_add(&script, "head -c 5000000 /dev/zero >&2; wc -c; exit\n");
	while (script.len < 5000000)
		hd_str_add(&script, "# a line that the shell reads or not\n");
	assert_hd_ok(
	    run_script(*state, script.ptr, LONG_MS, &o, &status, &err), &err);
	assert_int_equal(o.nerr, 5000000);
	assert_int_equal(status, 0);
}

static void
a_deadline_kills_the_whole_group(void **state)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int64_t start = hd_clock_ms();
	int status, child;

	assert_hd_fails(run_script(*state, "sleep 300 & echo $!; wait", 300, &o,
			    &status, &err),
	    &err, HD_ETIMEOUT);
	assert_true(hd_clock_ms() - start < 5000);
	child = atoi(o.out.ptr);
	assert_true(child > 1);
	/* it may be a zombie until init reaps it */
	for (int i = 0; i < 200 && kill(child, 0) == 0; i++) {
		char name[64];
		HD_AUTO_STR stat = HD_STR_INIT(4096);

		snprintf(name, sizeof(name), "/proc/%d/stat", child);
		if (hd_fs_read(name, &stat, &err) < 0 ||
		    strstr(stat.ptr, ") Z ") != NULL)
			return;
		poll(NULL, 0, 10);
	}
	assert_int_equal(kill(child, 0), -1);
}

static void
endless_output_does_not_outlive_the_deadline(void **state)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int status;

	assert_hd_fails(run_script(*state, "while :; do echo y; done", 200, &o,
			    &status, &err),
	    &err, HD_ETIMEOUT);
}

static void
a_child_that_keeps_the_output_open_costs_the_deadline_only(void **state)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int status;

	assert_hd_fails(
	    run_script(*state, "sleep 300 & exit 3", 300, &o, &status, &err),
	    &err, HD_ETIMEOUT);
}

/* Its output is complete when the first piece has come. */
static void
note_complete(void *ctx, enum hd_stream stream, const char *text, size_t len)
{
	(void)stream;
	(void)text;
	(void)len;
	*(bool *)ctx = true;
}

static void
a_complete_answer_does_not_wait_for_a_child(void **state)
{
	static const char script[] = "sleep 20 & echo x; exit 3";
	bool complete = false;
	struct hd_exec x = { .script = script,
		.len = strlen(script),
		.deadline_ms = LONG_MS,
		.out = note_complete,
		.ctx = &complete,
		.complete = &complete };
	struct hd_err err = { 0 };
	int64_t start = hd_clock_ms();
	int status = 99;

	assert_hd_ok(hd_tp_exec(*state, &x, &status, &err), &err);
	assert_true(hd_clock_ms() - start < 5000);
	assert_int_equal(status, 3);
}

static void
upload_of_any_size_arrives_as_it_was(void **state)
{
	static const size_t sizes[] = { 0, 1, 20000000 };
	char folder[64], path[128];
	struct hd_err err = { 0 };
	struct stat st;

	files_folder(folder);
	snprintf(path, sizeof(path), "%s/it's a $(name)", folder);
	for (size_t i = 0; i < HD_COUNT(sizes); i++) {
		HD_AUTO_FD fd = files_random(sizes[i]);

		assert_hd_ok(
		    upload_file(*state, fd, sizes[i], path, &err), &err);
		assert_true(files_equal(fd, path));
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0177, 0);
	}
	files_remove(folder);
}

static void
only_the_rest_of_a_file_is_uploaded(void **state)
{
	char folder[64], path[128];

	files_folder(folder);
	snprintf(path, sizeof(path), "%s/rest", folder);
	assert_rest_arrives(*state, 0, path);
	files_remove(folder);
}

static void
an_upload_makes_its_folders(void **state)
{
	HD_AUTO_FD fd = files_random(30000);
	char folder[64], path[128];
	struct hd_err err = { 0 };

	files_folder(folder);
	snprintf(path, sizeof(path), "%s/a/it's/b", folder);
	assert_hd_ok(upload_file(*state, fd, 30000, path, &err), &err);
	assert_true(files_equal(fd, path));
	files_remove(folder);
}

static void
upload_errors_name_path_and_reason(void **state)
{
	HD_AUTO_FD fd = files_random(5000000);
	struct hd_err err = { 0 };

	assert_hd_fails(upload_file(*state, fd, 1, "/dev/null/a/x", &err), &err,
	    HD_EREMOTE);
	assert_non_null(strstr(err.msg, "/dev/null"));
	assert_non_null(strstr(err.msg, strerror(ENOTDIR)));
	assert_hd_fails(upload_file(*state, fd, 5000000, "/dev/full", &err),
	    &err, HD_EREMOTE);
	assert_non_null(strstr(err.msg, strerror(ENOSPC)));
	assert_hd_fails(
	    upload_file(*state, fd, 1, "/tmp/a\nb", &err), &err, HD_EREFUSED);
	assert_hd_fails(upload_file(*state, fd, 5000001, "/dev/null", &err),
	    &err, HD_ELOCAL);
}

static void
a_file_is_read_up_to_its_limit(void **state)
{
	HD_AUTO_FD source = files_random(300000);
	HD_AUTO_FD to = memfd_create("read", MFD_CLOEXEC);
	char folder[64], path[128], copy[64];
	struct hd_err err = { 0 };
	struct hd_read r = { path, to, 300000, LONG_MS, NULL, NULL };

	files_folder(folder);
	snprintf(path, sizeof(path), "%s/-it's", folder);
	assert_hd_ok(upload_file(*state, source, 300000, path, &err), &err);
	assert_hd_ok(hd_tp_read(*state, &r, &err), &err);
	snprintf(copy, sizeof(copy), "/proc/self/fd/%d", to);
	assert_true(files_equal(source, copy));
	r.max = 299999;
	assert_hd_fails(hd_tp_read(*state, &r, &err), &err, HD_EREMOTE);
	assert_non_null(strstr(err.msg, "larger than"));
	r.path = "/nonexistent/x";
	assert_hd_fails(hd_tp_read(*state, &r, &err), &err, HD_EREMOTE);
	assert_non_null(strstr(err.msg, "/nonexistent/x"));
	files_remove(folder);
}

static void
a_tunnel_is_a_connection_from_here(void **state)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	unsigned port, silent;
	int pid = echo_start(&port);
	int listener = silent_listener(&silent);
	struct hd_tunnel x = { "127.0.0.1", port, "hello", 5, 100, LONG_MS,
		output_take, &o, NULL };

	assert_hd_ok(hd_tp_tunnel(*state, &x, &err), &err);
	assert_string_equal(o.out.ptr, "you said: hello");
	x.max = 3;
	assert_hd_ok(hd_tp_tunnel(*state, &x, &err), &err);
	assert_string_equal(o.out.ptr, "you said: helloyou");
	x.port = silent;
	x.deadline_ms = 200;
	assert_hd_fails(hd_tp_tunnel(*state, &x, &err), &err, HD_ETIMEOUT);
	close(listener);
	assert_hd_fails(hd_tp_tunnel(*state, &x, &err), &err, HD_EREMOTE);
	assert_non_null(strstr(err.msg, strerror(ECONNREFUSED)));
	echo_stop(pid);
}

static void
another_user_runs_scripts_and_owns_uploads(void **state)
{
	static const struct hd_local_opts as = { .run_as = "nobody" };
	HD_AUTO_FD fd = files_random(100000);
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	struct hd_transport *t = NULL;
	char folder[64], path[128];
	struct stat st;
	int status;

	(void)state;
	if (geteuid() != 0 || access("/usr/bin/sudo", X_OK) < 0)
		skip();
	assert_hd_ok(hd_local_open(&t, &as, &err), &err);
	assert_hd_ok(run_script(t, "id -un", LONG_MS, &o, &status, &err), &err);
	assert_string_equal(o.out.ptr, "nobody\n");
	files_folder(folder);
	snprintf(path, sizeof(path), "%s/file", folder);
	assert_hd_fails(
	    upload_file(t, fd, 100000, path, &err), &err, HD_EREMOTE);
	assert_non_null(strstr(err.msg, "ermission denied"));
	assert_int_equal(chmod(folder, 0777), 0);
	assert_hd_ok(upload_file(t, fd, 100000, path, &err), &err);
	assert_true(files_equal(fd, path));
	assert_int_equal(stat(path, &st), 0);
	assert_int_not_equal(st.st_uid, 0);
	files_remove(folder);
	hd_tp_close(t);
}

static void
run_as_must_be_a_plain_name(void **state)
{
	static const char *const bad[] = { "", "-u", "#0", "a b", "a;id",
		"$(id)", "a\nb", "a'b", ".a" };
	struct hd_transport *t = NULL;
	struct hd_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		const struct hd_local_opts as = { .run_as = bad[i] };

		assert_hd_fails(hd_local_open(&t, &as, &err), &err, HD_ECONFIG);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exec_gives_output_and_true_status),
		cmocka_unit_test(five_megabytes_flow_each_way_at_once),
		cmocka_unit_test(a_deadline_kills_the_whole_group),
		cmocka_unit_test(endless_output_does_not_outlive_the_deadline),
		cmocka_unit_test(
		    a_child_that_keeps_the_output_open_costs_the_deadline_only),
		cmocka_unit_test(a_complete_answer_does_not_wait_for_a_child),
		cmocka_unit_test(upload_of_any_size_arrives_as_it_was),
		cmocka_unit_test(only_the_rest_of_a_file_is_uploaded),
		cmocka_unit_test(an_upload_makes_its_folders),
		cmocka_unit_test(upload_errors_name_path_and_reason),
		cmocka_unit_test(a_file_is_read_up_to_its_limit),
		cmocka_unit_test(a_tunnel_is_a_connection_from_here),
		cmocka_unit_test(another_user_runs_scripts_and_owns_uploads),
		cmocka_unit_test(run_as_must_be_a_plain_name),
	};

	return cmocka_run_group_tests_name("local", tests, setup, teardown);
}
