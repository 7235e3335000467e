#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"
#include "tests/support/sshd.h"

#include "core/base/fs.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { THREADS = 32, LONG_MS = 60000, SIZE = 200000 };

/* The work on one host. */
struct job {
	pthread_t thread;
	struct hd_ssh_opts o;
	int fd;
	char path[128];
	struct hd_err err;
	int status;
	char said[64];
	const char *failed; /* the call that failed; NULL: none */
};

static void
take(void *ctx, enum hd_stream stream, const char *text, size_t len)
{
	struct job *j = ctx;
	size_t n = strlen(j->said);

	(void)stream;
	if (len < sizeof(j->said) - n)
		memcpy(j->said + n, text, len);
}

static void *
work(void *arg)
{
	static const char script[] = "echo hello; exit 3";
	struct job *j = arg;
	struct hd_transport *t = NULL;
	struct hd_exec x = { .script = script,
		.len = strlen(script),
		.deadline_ms = LONG_MS,
		.out = take,
		.ctx = j };
	const struct hd_piece piece = { j->fd, 0, SIZE };
	struct hd_upload u = { .pieces = &piece,
		.n = 1,
		.size = SIZE,
		.path = j->path,
		.stall_ms = LONG_MS };

	if (hd_ssh_open(&t, &j->o, &j->err) < 0)
		j->failed = "open";
	else if (hd_tp_exec(t, &x, &j->status, &j->err) < 0)
		j->failed = "exec";
	else if (hd_tp_upload(t, &u, &j->err) < 0)
		j->failed = "upload";
	hd_tp_close(t);
	return NULL;
}

static void
thirty_two_connections_work_at_once(void **state)
{
	struct job *jobs = calloc(THREADS, sizeof(*jobs));
	struct sshd *d = *state;
	char folder[64];
	int fd;

	if (d == NULL) {
		free(jobs);
		skip();
	}
	files_folder(folder);
	fd = files_random(SIZE);
	for (int i = 0; i < THREADS; i++) {
		struct job *j = &jobs[i];

		j->o = sshd_opts(d);
		j->o.net.connect_ms = LONG_MS;
		j->fd = fd;
		snprintf(j->path, sizeof(j->path), "%s/%d", folder, i);
		assert_int_equal(pthread_create(&j->thread, NULL, work, j), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(jobs[i].thread, NULL);
	for (int i = 0; i < THREADS; i++) {
		if (jobs[i].failed != NULL)
			fail_msg("%s: %s", jobs[i].failed, jobs[i].err.msg);
		assert_int_equal(jobs[i].status, 3);
		assert_string_equal(jobs[i].said, "hello\n");
		assert_true(files_equal(fd, jobs[i].path));
	}
	close(fd);
	files_remove(folder);
	free(jobs);
}

static void *
knock(void *arg)
{
	struct job *j = arg;

	(void)sshd_try_shared(&j->o, &j->err);
	return NULL;
}

/* sshd drops connections if more than ten have not logged in. */
static void
only_eight_knock_at_one_server_at_a_time(void **state)
{
	enum { KNOCKS = 12, WIDTH = 8 };
	struct job *jobs = calloc(KNOCKS, sizeof(*jobs));
	struct sshd *d = *state;
	int fds[KNOCKS], n = 0;
	struct pollfd p = { .events = POLLIN };
	unsigned port;

	if (d == NULL) {
		free(jobs);
		skip();
	}
	p.fd = silent_listener(&port);
	for (int i = 0; i < KNOCKS; i++) {
		jobs[i].o = sshd_opts(d);
		jobs[i].o.port = port;
		jobs[i].o.net.connect_ms = 2000;
		assert_int_equal(
		    pthread_create(&jobs[i].thread, NULL, knock, &jobs[i]), 0);
	}
	while (n < WIDTH && poll(&p, 1, 1500) > 0)
		fds[n++] = accept(p.fd, NULL, NULL);
	assert_int_equal(n, WIDTH);
	assert_int_equal(poll(&p, 1, 300), 0); /* the others wait */
	for (int i = 0; i < KNOCKS; i++) {
		pthread_join(jobs[i].thread, NULL);
		assert_int_equal(jobs[i].err.code, HD_ECONNECT);
	}
	while (n > 0)
		close(fds[--n]);
	close(p.fd);
	free(jobs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thirty_two_connections_work_at_once),
		cmocka_unit_test(only_eight_knock_at_one_server_at_a_time),
	};

	return cmocka_run_group_tests_name(
	    "ssh_threads", tests, sshd_setup, sshd_teardown);
}
