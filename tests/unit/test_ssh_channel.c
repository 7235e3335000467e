#define _GNU_SOURCE /* memfd_create */
#include "tests/support/cmocka_all.h"
#include "tests/support/ssh_fixture.h"
#include "tests/support/transport_case.h"

#include "core/base/clock.h"
#include "core/base/fs.h"

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

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(                                       \
	    f, ssh_fixture_connect, ssh_fixture_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(
		    a_server_that_gives_one_channel_at_a_time_serves_all_three),
	};

	return cmocka_run_group_tests_name(
	    "ssh_channel", tests, ssh_fixture_setup, ssh_fixture_teardown);
}
