#define _GNU_SOURCE /* memfd_create */
#include "tests/support/cmocka_all.h"
#include "tests/support/ssh_fixture.h"
#include "tests/support/transport_case.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/base/fs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nobody can make that folder. */
#define UNWRITABLE "/dev/null/a/x"

static void
path_in(char path[static 128], const struct ssh_fixture *f, const char *name)
{
	snprintf(path, 128, "%s/%s", f->folder, name);
}

static void
assert_any_size_arrives(struct ssh_fixture *f, unsigned channels)
{
	static const size_t sizes[] = { 0, 1, 32767, 32769, 20000000, 5 };
	char path[128];

	path_in(path, f, "it's a $(name)");
	for (size_t i = 0; i < HD_COUNT(sizes); i++) {
		HD_AUTO_FD fd = files_random(sizes[i]);
		struct hd_err err = { 0 };

		assert_hd_ok(
		    upload_over(f->t, channels, fd, sizes[i], path, &err),
		    &err);
		assert_true(files_equal(fd, path));
	}
	assert_int_equal(unlink(path), 0);
}

static void
upload_of_any_size_arrives_as_it_was(void **state)
{
	HD_AUTO_FD fd = files_random(1);
	struct hd_err err = { 0 };
	char path[128];
	struct stat st;
	NEEDS_SSHD(f);

	for (unsigned channels = 0; channels < 2; channels++) {
		assert_any_size_arrives(f, channels);
		path_in(path, f, "mode");
		assert_hd_ok(
		    upload_over(f->t, channels, fd, 1, path, &err), &err);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_int_equal(unlink(path), 0);
	}
}

static void
only_the_rest_of_a_file_is_uploaded(void **state)
{
	char path[128];
	NEEDS_SSHD(f);

	path_in(path, f, "it's a $(rest)");
	assert_rest_arrives(f->t, 0, path);
	assert_rest_arrives(f->t, 1, path);
	assert_rest_arrives(f->t, 8, path);
}

/* Its folder and the one above, so that a push needs no call for them. */
static void
an_upload_makes_its_folders(void **state)
{
	HD_AUTO_FD fd = files_random(30000);
	char path[200], folder[160];
	struct stat st;
	NEEDS_SSHD(f);

	for (unsigned way = 0; way < 2; way++) {
		struct hd_err err = { 0 };

		snprintf(
		    folder, sizeof(folder), "%s/it's %u/$(b)", f->folder, way);
		snprintf(path, sizeof(path), "%s/c", folder);
		for (unsigned i = 0; i < 2; i++) {
			assert_hd_ok(
			    upload_over(f->t, way, fd, 30000, path, &err),
			    &err);
			assert_true(files_equal(fd, path));
		}
		assert_int_equal(stat(folder, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0700);
	}
}

/* How often processes of this machine have the file open. */
static unsigned
count_open(const char *path)
{
	char command[256];
	unsigned n = 0;
	FILE *p;

	snprintf(command, sizeof(command),
	    "find /proc/[0-9]*/fd -lname '%s' 2>/dev/null | wc -l", path);
	p = popen(command, "r");
	assert_non_null(p);
	assert_int_equal(fscanf(p, "%u", &n), 1);
	pclose(p);
	return n;
}

struct counted {
	const char *path;
	unsigned most;
};

static void
count(void *ctx, uint64_t done, uint64_t size)
{
	struct counted *c = ctx;
	unsigned n = done < size ? count_open(c->path) : 0;

	if (n > c->most)
		c->most = n;
}

/* Each SFTP server has the file open once. */
static void
no_more_channels_are_opened_than_the_server_gives(void **state)
{
	static const struct {
		const char *lines;
		unsigned channels, most;
	} cases[] = { { "", 5, 5 }, { "MaxSessions 3", 5, 3 },
		{ "MaxSessions 1", 5, 1 }, { "", 100, 8 } };
	enum { SIZE = 20000000 };
	HD_AUTO_FD fd = files_random(SIZE);
	const struct hd_piece piece = { fd, 0, SIZE };
	char path[128];
	NEEDS_SSHD(f);

	path_in(path, f, "striped");
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		struct counted c = { .path = path };
		struct hd_upload u = { .pieces = &piece,
			.n = 1,
			.size = SIZE,
			.path = path,
			.channels = cases[i].channels,
			.stall_ms = LONG_MS,
			.progress = count,
			.ctx = &c };
		struct hd_err err = { 0 };

		ssh_fixture_reconnect(f, cases[i].lines);
		assert_hd_ok(hd_tp_upload(f->t, &u, &err), &err);
		assert_true(files_equal(fd, path));
		assert_int_equal(c.most, cases[i].most);
		/* the connection still runs commands */
		assert_exec_is_true(f->t);
	}
}

static void
without_sftp_the_data_command_takes_over(void **state)
{
	static const char *const without[] = { "Subsystem none /bin/false",
		"Subsystem sftp /nonexistent/sftp-server" };
	NEEDS_SSHD(f);

	for (size_t i = 0; i < HD_COUNT(without); i++) {
		ssh_fixture_reconnect(f, without[i]);
		assert_any_size_arrives(f, 1);
	}
}

static void
what_sftp_refuses_the_data_command_writes(void **state)
{
	static const char *const ways[] = { "Subsystem sftp internal-sftp -R",
		"Subsystem sftp /usr/lib/openssh/sftp-server -R",
		"Subsystem sftp internal-sftp -P open" };
	NEEDS_SSHD(f);

	for (size_t i = 0; i < HD_COUNT(ways); i++) {
		HD_AUTO_FD fd = files_random(1000);
		struct hd_err err = { 0 };

		ssh_fixture_reconnect(f, ways[i]);
		assert_any_size_arrives(f, 1);
		assert_hd_fails(
		    upload_over(f->t, 1, fd, 1000, UNWRITABLE, &err), &err,
		    HD_EREMOTE);
		assert_non_null(strstr(err.msg, UNWRITABLE));
	}
}

static void
an_sftp_server_that_never_greets_is_given_up(void **state)
{
	HD_AUTO_FD fd = files_random(1000);
	struct hd_err err = { 0 };
	char path[128];
	NEEDS_SSHD(f);
	const struct hd_piece piece = { fd, 0, 1000 };
	struct hd_upload u = { .pieces = &piece,
		.n = 1,
		.size = 1000,
		.path = path,
		.channels = 1,
		.stall_ms = 500 };

	path_in(path, f, "silent");
	ssh_fixture_reconnect(f, "Subsystem sftp /bin/cat >/dev/null");
	assert_hd_ok(hd_tp_upload(f->t, &u, &err), &err);
	assert_true(files_equal(fd, path));
}

struct seen {
	uint64_t last, size;
	int calls;
};

static void
see(void *ctx, uint64_t done, uint64_t size)
{
	struct seen *s = ctx;

	assert_true(done >= s->last);
	*s = (struct seen){ done, size, s->calls + 1 };
}

static void
progress_is_reported_up_to_the_end(void **state)
{
	HD_AUTO_FD fd = files_random(5000000);
	struct hd_err err = { 0 };
	char path[128];
	NEEDS_SSHD(f);

	path_in(path, f, "progress");
	for (int i = 0; i < 2; i++) {
		struct seen seen = { 0 };
		const struct hd_piece piece = { fd, 0, 5000000 };
		struct hd_upload u = { .pieces = &piece,
			.n = 1,
			.size = 5000000,
			.path = path,
			.channels = (unsigned)i,
			.stall_ms = LONG_MS,
			.progress = see,
			.ctx = &seen };

		assert_hd_ok(hd_tp_upload(f->t, &u, &err), &err);
		assert_int_equal(seen.last, 5000000);
		assert_int_equal(seen.size, 5000000);
		/* a busy machine reports much at once */
		assert_true(seen.calls > 1);
	}
}

static void
a_refused_upload_says_why_and_the_connection_lives(void **state)
{
	HD_AUTO_FD fd = files_random(20000000);
	char path[128];
	NEEDS_SSHD(f);

	path_in(path, f, "good");
	for (unsigned way = 0; way < 2; way++) {
		struct hd_err err = { 0 };

		assert_hd_fails(upload_over(f->t, way, fd, 1, UNWRITABLE, &err),
		    &err, HD_EREMOTE);
		assert_non_null(strstr(err.msg, UNWRITABLE));
		assert_hd_fails(
		    upload_over(f->t, way, fd, 20000000, "/dev/full", &err),
		    &err, HD_EREMOTE);
		assert_non_null(strstr(err.msg, "/dev/full"));
		assert_non_null(strstr(err.msg, "No space left"));
		assert_hd_fails(upload_over(f->t, way, fd, 1, f->folder, &err),
		    &err, HD_EREMOTE);
		assert_hd_fails(
		    upload_over(f->t, way, fd, 1, "/tmp/a\nb", &err), &err,
		    HD_EREFUSED);
		assert_hd_ok(
		    upload_over(f->t, way, fd, 20000000, path, &err), &err);
		assert_true(files_equal(fd, path));
		assert_hd_fails(
		    upload_over(f->t, way, fd, 20000001, path, &err), &err,
		    HD_ELOCAL);
	}
}

/* Disturbs the server once it has received bytes. */
struct attack {
	struct sshd *d;
	int signal;
	bool done;
};

static void
attack(void *ctx, uint64_t done, uint64_t size)
{
	struct attack *a = ctx;

	(void)size;
	if (done == 0 || a->done)
		return;
	a->done = true;
	if (a->signal != 0)
		sshd_signal(a->d, a->signal);
}

static void
assert_attack(
    struct ssh_fixture *f, unsigned channels, int number, enum hd_code want)
{
	HD_AUTO_FD fd = files_random(30000000);
	struct attack a = { f->d, number, false };
	struct hd_err err = { 0 };
	char path[128];
	const struct hd_piece piece = { fd, 0, 30000000 };
	struct hd_upload u = { .pieces = &piece,
		.n = 1,
		.size = 30000000,
		.path = path,
		.channels = channels,
		.stall_ms = 1000,
		.progress = attack,
		.ctx = &a };
	int64_t start = hd_clock_ms();

	path_in(path, f, "attacked");
	assert_hd_fails(hd_tp_upload(f->t, &u, &err), &err, want);
	assert_true(hd_clock_ms() - start < 10000);
	start = hd_clock_ms();
	hd_tp_close(f->t);
	f->t = NULL;
	assert_true(hd_clock_ms() - start < 500);
}

static void
a_server_killed_during_upload_is_a_lost_connection(void **state)
{
	static const struct {
		const char *lines;
		unsigned channels;
	} ways[] = { { "Subsystem none /bin/false", 0 }, { "", 1 }, { "", 4 },
		{ "Subsystem sftp /usr/lib/openssh/sftp-server", 1 } };
	NEEDS_SSHD(f);

	for (size_t i = 0; i < HD_COUNT(ways); i++) {
		ssh_fixture_reconnect(f, ways[i].lines);
		assert_attack(f, ways[i].channels, SIGKILL, HD_ECONNECT);
	}
}

static void
a_server_frozen_during_upload_costs_the_stall_limit(void **state)
{
	NEEDS_SSHD(f);

	ssh_fixture_reconnect(f, "Subsystem none /bin/false");
	assert_attack(f, 0, SIGSTOP, HD_ETIMEOUT);
	ssh_fixture_reconnect(f, "");
	assert_attack(f, 4, SIGSTOP, HD_ETIMEOUT);
}

static void
an_sftp_server_that_dies_does_not_hang_the_upload(void **state)
{
	HD_AUTO_FD fd = files_random(1000000);
	struct hd_err err = { 0 };
	char path[128], line[256];
	int64_t start;
	NEEDS_SSHD(f);
	const char *server = "/usr/lib/openssh/sftp-server";

	if (access(server, X_OK) < 0)
		skip();
	path_in(path, f, "dies");
	/* reads the greeting and part of the file, then exits */
	snprintf(line, sizeof(line),
	    "Subsystem sftp dd bs=32k count=10 2>/dev/null | %s; exit 0",
	    server);
	ssh_fixture_reconnect(f, line);
	start = hd_clock_ms();
	assert_hd_fails(
	    upload_over(f->t, 1, fd, 1000000, path, &err), &err, HD_ECONNECT);
	assert_non_null(strstr(err.msg, "SFTP server exited"));
	assert_true(hd_clock_ms() - start < 5000);
}

static void
keys_renewed_by_the_server_do_not_disturb(void **state)
{
	static const char *const ways[] = { "RekeyLimit 1M",
		"RekeyLimit 1M\nSubsystem none /bin/false",
		"RekeyLimit 1M\nCiphers chacha20-poly1305@openssh.com" };
	NEEDS_SSHD(f);

	for (size_t i = 0; i < HD_COUNT(ways); i++) {
		ssh_fixture_reconnect(f, ways[i]);
		assert_any_size_arrives(f, 0);
		assert_any_size_arrives(f, 4);
	}
}

static void
a_file_is_read_up_to_its_limit(void **state)
{
	HD_AUTO_FD source = files_random(3000000);
	HD_AUTO_FD to = memfd_create("read", MFD_CLOEXEC);
	char path[128], copy[64];
	struct hd_err err = { 0 };
	struct hd_read r = { path, to, 3000000, LONG_MS, NULL, NULL };
	NEEDS_SSHD(f);

	path_in(path, f, "-it's");
	assert_hd_ok(upload_file(f->t, source, 3000000, path, &err), &err);
	assert_hd_ok(hd_tp_read(f->t, &r, &err), &err);
	snprintf(copy, sizeof(copy), "/proc/self/fd/%d", to);
	assert_true(files_equal(source, copy));
	r.path = "/dev/zero"; /* endless: must not be read to its end */
	assert_hd_fails(hd_tp_read(f->t, &r, &err), &err, HD_EREMOTE);
	assert_non_null(strstr(err.msg, "larger than"));
	r.path = "/nonexistent/x";
	assert_hd_fails(hd_tp_read(f->t, &r, &err), &err, HD_EREMOTE);
	assert_non_null(strstr(err.msg, "/nonexistent/x"));
	r.path = path;
	assert_int_equal(ftruncate(to, 0), 0);
	assert_int_equal(lseek(to, 0, SEEK_SET), 0);
	assert_hd_ok(hd_tp_read(f->t, &r, &err), &err);
	assert_true(files_equal(source, copy));
}

static void
another_user_owns_what_is_uploaded(void **state)
{
	HD_AUTO_FD fd = files_random(1000000);
	struct hd_err err = { 0 };
	char path[128];
	struct stat st;
	NEEDS_SSHD(f);

	ssh_fixture_nobody(f);
	path_in(path, f, "nobody's");
	assert_hd_fails(
	    upload_file(f->t, fd, 1000000, path, &err), &err, HD_EREMOTE);
	assert_non_null(strstr(err.msg, "ermission denied"));
	assert_int_equal(chmod(f->folder, 0777), 0);
	assert_hd_ok(upload_file(f->t, fd, 1000000, path, &err), &err);
	assert_true(files_equal(fd, path));
	assert_int_equal(stat(path, &st), 0);
	assert_int_not_equal(st.st_uid, 0);
}

static void
cancel_at_once(void *ctx, uint64_t done, uint64_t size)
{
	(void)ctx;
	(void)done;
	(void)size;
	hd_cancel_request();
}

/* Must be the last test: a requested cancellation stays. */
static void
uploads_and_questions_can_be_interrupted_and_scripts_by_insisting(void **state)
{
	static const char script[] = "exit 3", waits[] = "sleep 60";
	HD_AUTO_FD fd = files_random(30000000);
	struct hd_err err = { 0 };
	char path[128];
	struct hd_transport *other, *asked;
	NEEDS_SSHD(f);
	struct hd_exec x = {
		.script = script, .len = strlen(script), .deadline_ms = LONG_MS
	};
	const struct hd_exec question = { .script = waits,
		.len = strlen(waits),
		.deadline_ms = LONG_MS,
		.soon = true };
	const struct hd_piece piece = { fd, 0, 30000000 };
	struct hd_upload u = { .pieces = &piece,
		.n = 1,
		.size = 30000000,
		.path = path,
		.stall_ms = LONG_MS,
		.progress = cancel_at_once };
	int status;

	path_in(path, f, "cancelled");
	other = sshd_open(f->d);
	asked = sshd_open(f->d);
	assert_hd_fails(hd_tp_upload(f->t, &u, &err), &err, HD_ECANCELED);
	assert_hd_fails(
	    hd_tp_exec(asked, &question, &status, &err), &err, HD_ECANCELED);
	hd_tp_close(asked);
	assert_hd_ok(hd_tp_exec(other, &x, &status, &err), &err);
	assert_int_equal(status, 3);
	hd_cancel_insist();
	x.last = true;
	assert_hd_ok(hd_tp_exec(other, &x, &status, &err), &err);
	x = (struct hd_exec){
		.script = waits, .len = strlen(waits), .deadline_ms = LONG_MS
	};
	assert_hd_fails(
	    hd_tp_exec(other, &x, &status, &err), &err, HD_ECANCELED);
	hd_tp_close(other);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(                                       \
	    f, ssh_fixture_connect, ssh_fixture_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(upload_of_any_size_arrives_as_it_was),
		TEST(only_the_rest_of_a_file_is_uploaded),
		TEST(an_upload_makes_its_folders),
		TEST(no_more_channels_are_opened_than_the_server_gives),
		TEST(without_sftp_the_data_command_takes_over),
		TEST(what_sftp_refuses_the_data_command_writes),
		TEST(an_sftp_server_that_never_greets_is_given_up),
		TEST(progress_is_reported_up_to_the_end),
		TEST(a_refused_upload_says_why_and_the_connection_lives),
		TEST(a_server_killed_during_upload_is_a_lost_connection),
		TEST(a_server_frozen_during_upload_costs_the_stall_limit),
		TEST(an_sftp_server_that_dies_does_not_hang_the_upload),
		TEST(keys_renewed_by_the_server_do_not_disturb),
		TEST(a_file_is_read_up_to_its_limit),
		TEST(another_user_owns_what_is_uploaded),
		TEST(
		    uploads_and_questions_can_be_interrupted_and_scripts_by_insisting),
	};

	return cmocka_run_group_tests_name(
	    "ssh_files", tests, ssh_fixture_setup, ssh_fixture_teardown);
}
