#include "tests/support/cmocka_all.h"
#include "tests/support/ssh_fixture.h"
#include "tests/support/transport_case.h"

#include "core/base/fs.h"
#include "transport/ssh_client.h"
#include "transport/ssh_lanes.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { SIZE = 6300 * 1000, LANES = 3 };

/* Ends when LANES SFTP servers run on the connection. */
#define WHEN_OPEN                                                               \
	"until [ \"$(ps -o args= --ppid $PPID | grep -c [s]ftp)\" -ge 3 ]; do " \
	"sleep 0.05; done; echo x"

static const struct hd_upload expected = { .size = SIZE, .channels = LANES };

/* Runs a script that an upload follows, perhaps. */
static void
says(struct ssh_fixture *f, const char *script, const char *text,
    const struct hd_upload *next)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_err err = { 0 };
	struct hd_exec x = { .script = script,
		.len = strlen(script),
		.deadline_ms = LONG_MS,
		.out = output_take,
		.ctx = &o,
		.next = next };
	int status = 99;

	assert_hd_ok(hd_tp_exec(f->t, &x, &status, &err), &err);
	assert_string_equal(o.out.ptr, text);
	assert_int_equal(status, 0);
}

/* A host that is far away, with these lines in its configuration. */
static struct hd_ssh *
go_far(struct ssh_fixture *f, const char *lines)
{
	if (lines != NULL)
		ssh_fixture_reconnect(f, lines);
	says(f, "echo first", "first\n", NULL);
	ssh_of(f->t)->ahead.pays_ms = 0;
	return ssh_of(f->t);
}

static void
assert_arrives(struct ssh_fixture *f)
{
	HD_AUTO_FD fd = files_random(SIZE);
	struct hd_err err = { 0 };
	char path[96];

	snprintf(path, sizeof(path), "%s/file", f->folder);
	assert_hd_ok(upload_over(f->t, LANES, fd, SIZE, path, &err), &err);
	assert_true(files_equal(fd, path));
}

/* A connection with this round trip, of a process that works for some hosts. */
struct link {
	struct hd_ssh_client client;
	struct hd_ssh_opts opts;
	struct hd_ssh s;
};

static struct hd_ssh *
link_of(struct link *l, unsigned trip_ms, unsigned hosts)
{
	*l = (struct link){ .client = { .busy = hosts } };
	l->opts.client = &l->client;
	l->s.opts = &l->opts;
	l->s.trip_ms = trip_ms;
	return &l->s;
}

/* How many bytes a lane has under way. */
static size_t
under_way(unsigned trip_ms, unsigned hosts)
{
	struct link l;

	return ssh_lanes_pace(link_of(&l, trip_ms, hosts)) * 32 * 1024;
}

static void
a_near_server_has_little_to_store_and_a_far_link_is_never_idle(void **state)
{
	(void)state;
	assert_in_range(under_way(0, 1), 256 * 1024, 512 * 1024);
	assert_in_range(under_way(1, 1), 256 * 1024, 1024 * 1024);
	/* a link of 1 Gbit/s takes 125,000 bytes in a ms */
	for (unsigned ms = 1; ms < 50; ms++)
		assert_true(under_way(ms, 1) > 125000 * (size_t)ms);
	/* it is shared, and hosts look far because this machine is busy */
	assert_in_range(under_way(30, 32), 256 * 1024, 1024 * 1024);
	assert_true(under_way(30, 32) * 32 > 125000 * 30);
	assert_true(under_way(1000000, 1) < 16 * 1024 * 1024);
	assert_true(under_way(1, 0) == under_way(1, 1));
}

static void
a_far_host_gets_several_lanes_and_a_busy_machine_few(void **state)
{
	static const struct {
		unsigned trip_ms, hosts;
		size_t mib, lanes;
	} rows[] = { { 0, 1, 50, 1 }, { 1, 4, 50, 1 }, { 20, 1, 50, 4 },
		{ 20, 4, 50, 4 }, { 100, 1, 50, SSH_LANES_MAX },
		{ 100, 1, 6, 3 }, { 100, 1, 1, 1 }, { 20, 32, 50, 1 },
		{ 100, 32, 50, 4 }, { 100, 0, 50, SSH_LANES_MAX } };
	struct link l;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct hd_upload u = { .size = rows[i].mib << 20 };

		assert_int_equal(
		    ssh_lanes_wanted(
			link_of(&l, rows[i].trip_ms, rows[i].hosts), &u),
		    rows[i].lanes);
	}
}

static void
lanes_are_open_when_the_upload_begins(void **state)
{
	struct hd_ssh *s;
	unsigned opened;
	NEEDS_SSHD(f);

	s = go_far(f, NULL);
	for (int i = 0; i < 3; i++) {
		says(f, WHEN_OPEN, "x\n", &expected);
		assert_int_equal(s->lanes.n, LANES);
		opened = s->opened;
		assert_arrives(f);
		assert_int_equal(s->opened, opened);
		assert_int_equal(s->lanes.n, 0);
	}
	/* the server has closed all of them */
	says(f,
	    "until ! ps -o args= --ppid $PPID | grep -q [s]ftp; do sleep 0.05; "
	    "done; echo x",
	    "x\n", NULL);
	says(f, "echo y", "y\n", NULL);
}

static void
an_upload_can_begin_while_a_lane_is_being_opened(void **state)
{
	struct hd_ssh *s;
	NEEDS_SSHD(f);

	s = go_far(f, NULL);
	for (int i = 0; i < 8; i++) {
		says(f, "echo x", "x\n", &expected);
		assert_arrives(f);
		assert_false(s->lanes.opening);
	}
}

static void
lanes_are_closed_if_no_upload_follows(void **state)
{
	struct hd_ssh *s;
	NEEDS_SSHD(f);

	s = go_far(f, NULL);
	for (int i = 0; i < 6; i++) {
		says(f, i % 2 == 0 ? "sleep 0.2; echo x" : "echo x", "x\n",
		    &expected);
		says(f, "echo y", "y\n", NULL);
		assert_int_equal(s->lanes.n, 0);
	}
	assert_arrives(f);
}

static void
nothing_is_opened_ahead_for_a_small_upload_or_a_near_host(void **state)
{
	const struct hd_upload few = { .size = SIZE },
			       little = { .size = 1000, .channels = LANES };
	struct hd_ssh *s;
	NEEDS_SSHD(f);

	s = go_far(f, NULL);
	s->trip_ms = 1; /* also on a busy machine */
	says(f, "sleep 0.3; echo x", "x\n", &few);
	assert_int_equal(s->lanes.n, 0);
	says(f, "sleep 0.3; echo x", "x\n", &little);
	assert_int_equal(s->lanes.n, 0);
	ssh_fixture_reconnect(f, "");
	ssh_of(f->t)->trip_ms = 1;
	says(f, "sleep 0.3; echo x", "x\n", &expected);
	assert_int_equal(ssh_of(f->t)->lanes.n, 0);
}

static void
few_channels_at_a_time_are_enough(void **state)
{
	char lines[32];
	NEEDS_SSHD(f);

	for (int most = 1; most <= 4; most++) {
		snprintf(lines, sizeof(lines), "MaxSessions %d", most);
		go_far(f, lines);
		for (int i = 0; i < 4; i++) {
			says(f, "sleep 0.2; echo x", "x\n", &expected);
			if (i % 2 == 0)
				assert_arrives(f);
			says(f, "echo y", "y\n", NULL);
		}
	}
}

static void
a_server_without_sftp_gets_the_file_by_a_command(void **state)
{
	static const char *const lines[] = { "Subsystem sftp /bin/false",
		"Subsystem sftp /nonexistent", "Subsystem other /bin/true" };
	NEEDS_SSHD(f);

	for (size_t i = 0; i < HD_COUNT(lines); i++) {
		go_far(f, lines[i]);
		says(f, "sleep 0.3; echo x", "x\n", &expected);
		assert_arrives(f);
		says(f, "echo y", "y\n", NULL);
	}
}

static void
an_sftp_server_that_ended_while_it_waited_is_replaced(void **state)
{
	NEEDS_SSHD(f);

	go_far(f, NULL);
	says(f,
	    "n=0; until [ $n = 3 ]; do "
	    "n=$(ps -o args= --ppid $PPID | grep -c [s]ftp); done; sleep 0.2; "
	    "for p in $(ps -o pid=,args= --ppid $PPID | grep [s]ftp |"
	    " sed 's/^ *//; s/ .*//'); do kill -9 $p; done; sleep 0.2; echo x",
	    "x\n", &expected);
	assert_arrives(f);
	says(f, "echo y", "y\n", NULL);
}

static void
a_lost_connection_is_reported(void **state)
{
	struct hd_err err = { 0 };
	NEEDS_SSHD(f);

	go_far(f, NULL);
	says(f, "sleep 0.3; echo x", "x\n", &expected);
	(void)shutdown(ssh_of(f->t)->fd, SHUT_RDWR);
	{
		HD_AUTO_FD fd = files_random(SIZE);

		assert_int_equal(
		    upload_over(f->t, LANES, fd, SIZE, "/nonexistent/x", &err),
		    -1);
	}
	assert_int_equal(err.code, HD_ECONNECT);
}

static void
a_connection_lost_while_a_lane_is_being_opened_is_reported(void **state)
{
	struct hd_err err = { 0 };
	const struct hd_exec x = {
		.script = "echo y", .len = 6, .deadline_ms = LONG_MS
	};
	struct hd_ssh *s;
	int status;
	NEEDS_SSHD(f);

	s = go_far(f, NULL);
	says(f, "sleep 0.2; echo x", "x\n", NULL);
	for (int i = 0; i < LANES && !s->lanes.opening; i++)
		assert_hd_ok(ssh_lanes_expect(s, &expected, &err), &err);
	assert_true(s->lanes.opening);
	(void)shutdown(s->fd, SHUT_RDWR);
	assert_hd_fails(hd_tp_exec(f->t, &x, &status, &err), &err, HD_ECONNECT);
	assert_string_not_equal(err.msg, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
	    name, ssh_fixture_connect, ssh_fixture_disconnect)
		cmocka_unit_test(
		    a_near_server_has_little_to_store_and_a_far_link_is_never_idle),
		cmocka_unit_test(
		    a_far_host_gets_several_lanes_and_a_busy_machine_few),
		TEST(lanes_are_open_when_the_upload_begins),
		TEST(an_upload_can_begin_while_a_lane_is_being_opened),
		TEST(lanes_are_closed_if_no_upload_follows),
		TEST(nothing_is_opened_ahead_for_a_small_upload_or_a_near_host),
		TEST(few_channels_at_a_time_are_enough),
		TEST(a_server_without_sftp_gets_the_file_by_a_command),
		TEST(an_sftp_server_that_ended_while_it_waited_is_replaced),
		TEST(a_lost_connection_is_reported),
		TEST(
		    a_connection_lost_while_a_lane_is_being_opened_is_reported),
	};

	return cmocka_run_group_tests_name(
	    "ssh lanes", tests, ssh_fixture_setup, ssh_fixture_teardown);
}
