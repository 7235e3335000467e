#include "tests/support/cmocka_all.h"
#include "tests/support/ssh_fixture.h"
#include "tests/support/transport_case.h"

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/remote/remote.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int
ask_history(struct hd_transport *t, struct hd_err *err)
{
	struct hd_call call = { .script = "history",
		.root = "/nonexistent",
		.app = "hotcode",
		.deadline_ms = LONG_MS };
	struct hd_reply reply;
	int rc;

	hd_call_set(&call, "count", "1");
	rc = hd_remote_ask(t, &call, &reply, err);
	hd_reply_done(&reply);
	return rc;
}

static void
a_login_that_runs_no_script_says_why(void **state)
{
	static const struct {
		const char *command, *text;
	} rows[] = {
		{ "internal-sftp", "the server allows only SFTP" },
		{ "/usr/sbin/nologin", "login shell is nologin" },
		{ "/bin/rbash -c \"$SSH_ORIGINAL_COMMAND\"",
		    "login shell is restricted" },
		{ "/bin/false", "(exit status 1) and printed nothing" },
		{ "echo hi", "(exit status 0); it printed: hi" },
	};
	NEEDS_SSHD(f);

	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_err err = { 0 };

		ssh_fixture_reconnect(
		    f, hd_arena_fmt(
			   &f->d->arena, "ForceCommand %s", rows[i].command));
		assert_hd_fails(ask_history(f->t, &err), &err, HD_EREMOTE);
		assert_non_null(strstr(err.msg, rows[i].text));
	}
}

/* bsd-csh leaves copies of its streams to all processes, among them the keeper
 * of the lease, which lives as long as the connection. */
static void
csh_takes_a_lock_without_waiting_for_its_keeper(void **state)
{
	struct hd_call call = {
		.script = "lock", .app = "hotcode", .deadline_ms = LONG_MS
	};
	struct hd_reply reply = { 0 };
	struct hd_err err = { 0 };
	int64_t start;
	NEEDS_SSHD(f);

	if (access("/bin/csh", X_OK) < 0)
		skip();
	call.root = f->folder;
	hd_call_set(&call, "token", "t");
	hd_call_set(&call, "holder", "ann");
	hd_call_set(&call, "command", "push");
	hd_call_set(&call, "held", "0");
	ssh_fixture_reconnect(
	    f, "ForceCommand exec csh -c \"$SSH_ORIGINAL_COMMAND\"");
	start = hd_clock_ms();
	assert_hd_ok(hd_remote_ask(f->t, &call, &reply, &err), &err);
	assert_true(hd_clock_ms() - start < 8000);
	assert_string_equal(hd_reply_get(&reply, "lease"), "1");
	hd_reply_done(&reply);
}

static void
a_startup_file_that_reads_input_does_no_harm(void **state)
{
	static const char *const reads[] = { "IFS= read -r x", "head -c 100",
		"cat" };
	HD_AUTO_FD fd = files_random(1000);
	char path[128];
	NEEDS_SSHD(f);

	snprintf(path, sizeof(path), "%s/reads", f->folder);
	for (size_t i = 0; i < HD_COUNT(reads); i++) {
		struct hd_err err = { 0 };

		ssh_fixture_reconnect(
		    f, hd_arena_fmt(&f->d->arena,
			   "Subsystem none /bin/false\nForceCommand %s "
			   ">/dev/null; eval \"$SSH_ORIGINAL_COMMAND\"",
			   reads[i]));
		assert_hd_fails(ask_history(f->t, &err), &err, HD_EREMOTE);
		assert_non_null(strstr(err.msg, "did not run the script"));
		assert_non_null(strstr(err.msg, "startup file of the login"));
		assert_hd_fails(
		    upload_file(f->t, fd, 1000, path, &err), &err, HD_EREMOTE);
		assert_non_null(strstr(err.msg, "startup file of the login"));
		assert_int_equal(access(path, F_OK), -1);
	}
}

static void
a_forced_command_is_not_taken_for_a_stored_upload(void **state)
{
	HD_AUTO_FD fd = files_random(1000);
	struct hd_err err = { 0 };
	NEEDS_SSHD(f);

	ssh_fixture_reconnect(
	    f, "Subsystem none /bin/false\nForceCommand echo hi");
	assert_hd_fails(
	    upload_file(f->t, fd, 1000, "/tmp/x", &err), &err, HD_EREMOTE);
	assert_string_equal(err.msg, "the host cannot write /tmp/x: hi");
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(                                       \
	    f, ssh_fixture_connect, ssh_fixture_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(csh_takes_a_lock_without_waiting_for_its_keeper),
		TEST(a_startup_file_that_reads_input_does_no_harm),
		TEST(a_forced_command_is_not_taken_for_a_stored_upload),
		TEST(a_login_that_runs_no_script_says_why),
	};

	return cmocka_run_group_tests_name(
	    "ssh_shell", tests, ssh_fixture_setup, ssh_fixture_teardown);
}
