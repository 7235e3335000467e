#include "tests/support/cmocka_all.h"
#include "tests/support/ssh_fixture.h"
#include "tests/support/transport_case.h"

#include "transport/ssh_session.h"

#include <stdio.h>

static void
says(struct ssh_fixture *f, const char *script, const char *text)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	int status;

	assert_hd_ok(
	    run_script(f->t, script, LONG_MS, &o, &status, &err), &err);
	assert_string_equal(o.out.ptr, text);
	assert_int_equal(status, 0);
}

static enum ssh_ahead_stage
stage(const struct ssh_fixture *f)
{
	return ssh_of(f->t)->ahead.stage;
}

/* A host that is far away. */
static void
go_far(struct ssh_fixture *f, const char *lines)
{
	if (lines != NULL)
		ssh_fixture_reconnect(f, lines);
	says(f, "echo first", "first\n");
	ssh_of(f->t)->ahead.pays_ms = 0;
}

static void
the_next_command_starts_while_one_runs(void **state)
{
	NEEDS_SSHD(f);

	go_far(f, NULL);
	for (int i = 0; i < 3; i++) {
		const LIBSSH2_CHANNEL *waiting = ssh_of(f->t)->ahead.c;

		says(f, "sleep 0.3; echo x", "x\n");
		assert_int_equal(stage(f), SSH_AHEAD_READY);
		assert_non_null(ssh_of(f->t)->ahead.c);
		assert_true(i == 0 || waiting != NULL);
		/* one waits, and one runs */
		says(f, "sleep 0.3; ps -o args= --ppid $PPID | grep -c IFS",
		    "1\n");
	}
}

static void
nothing_is_started_ahead_on_a_near_host(void **state)
{
	NEEDS_SSHD(f);

	go_far(f, NULL);
	ssh_of(f->t)->ahead.pays_ms = 10000;
	says(f, "sleep 0.3; echo x", "x\n");
	assert_int_equal(stage(f), SSH_AHEAD_NONE);
}

static void
a_command_that_ended_while_it_waited_is_started_again(void **state)
{
	NEEDS_SSHD(f);

	go_far(f, NULL);
	says(f, "sleep 0.3; echo x", "x\n");
	says(f,
	    "sleep 0.3; for p in $(ps -o pid= --ppid $PPID); do "
	    "[ $p = $$ ] || kill -9 $p; done; sleep 0.3; echo x",
	    "x\n");
	says(f, "echo y", "y\n");
	says(f, "echo z", "z\n");
}

static void
few_channels_at_a_time_are_enough(void **state)
{
	char path[96];
	NEEDS_SSHD(f);

	snprintf(path, sizeof(path), "%s/file", f->folder);
	for (int most = 1; most <= 2; most++) {
		go_far(f, most == 1 ? "MaxSessions 1" : "MaxSessions 2");
		for (int i = 0; i < 5; i++) {
			says(f, "sleep 0.1; echo x", "x\n");
			assert_rest_arrives(f->t, 1, path);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
	    name, ssh_fixture_connect, ssh_fixture_disconnect)
		TEST(the_next_command_starts_while_one_runs),
		TEST(nothing_is_started_ahead_on_a_near_host),
		TEST(a_command_that_ended_while_it_waited_is_started_again),
		TEST(few_channels_at_a_time_are_enough),
	};

	return cmocka_run_group_tests_name(
	    "ssh ahead", tests, ssh_fixture_setup, ssh_fixture_teardown);
}
