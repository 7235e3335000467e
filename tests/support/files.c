#define _GNU_SOURCE /* memfd_create, nftw */
#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"

#include "core/base/alloc.h"
#include "core/base/fs.h"

#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void
files_folder(char path[static 64])
{
	const char *tmp = getenv("TMPDIR");

	if (tmp == NULL || strlen(tmp) > 40)
		tmp = "/tmp";
	snprintf(path, 64, "%s/hdeploy-test-XXXXXX", tmp);
	assert_non_null(mkdtemp(path));
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void
files_remove(const char *folder)
{
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int
files_random(size_t size)
{
	int fd = memfd_create("random", MFD_CLOEXEC);
	uint32_t block[4096];
	uint32_t x = 2463534242u;

	assert_true(fd >= 0);
	for (size_t done = 0; done < size;) {
		size_t n =
		    size - done < sizeof(block) ? size - done : sizeof(block);

		for (size_t i = 0; i < HD_COUNT(block); i++) {
			x ^= x << 13;
			x ^= x >> 17;
			x ^= x << 5;
			block[i] = x;
		}
		assert_int_equal(hd_fs_write_all(fd, block, n), 0);
		done += n;
	}
	return fd;
}

bool
files_equal(int fd, const char *path)
{
	HD_AUTO_FD other = open(path, O_RDONLY | O_CLOEXEC);
	char a[16384], b[16384];
	ssize_t n, m;
	off_t at = 0;

	if (other < 0)
		return false;
	do {
		n = pread(fd, a, sizeof(a), at);
		m = pread(other, b, sizeof(b), at);
		at += n;
	} while (n > 0 && n == m && memcmp(a, b, (size_t)n) == 0);
	return n == 0 && m == 0;
}

void
files_write(const char *path, const char *text)
{
	HD_AUTO_FD fd =
	    open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(hd_fs_write_all(fd, text, strlen(text)), 0);
}

char *
files_text(const char *path)
{
	struct hd_str s = HD_STR_INIT(1024 * 1024);
	struct hd_err err = { 0 };

	assert_hd_ok(hd_fs_read(path, &s, &err), &err);
	return hd_str_take(&s);
}

void
files_run(const char *const *argv)
{
	int status = -1;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	if (status != 0)
		fail_msg("%s ended with %d", argv[0], status);
}

void
output_take(void *ctx, enum hd_stream stream, const char *text, size_t len)
{
	struct output *o = ctx;

	hd_str_addn(stream == HD_STDOUT ? &o->out : &o->err, text, len);
	*(stream == HD_STDOUT ? &o->nout : &o->nerr) += len;
}

void
output_done(struct output *o)
{
	hd_str_done(&o->out);
	hd_str_done(&o->err);
}

int
silent_listener(unsigned *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

static void
serve(int listener)
{
	char said[4096];

	for (;;) {
		int fd = accept(listener, NULL, NULL);
		ssize_t n = recv(fd, said, sizeof(said), 0);

		if (n > 0) {
			(void)!write(fd, "you said: ", 10);
			(void)!write(fd, said, (size_t)n);
		}
		close(fd);
	}
}

int
echo_start(unsigned *port)
{
	HD_AUTO_FD listener = silent_listener(port);
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(listener);
	}
	return pid;
}

void
echo_stop(int pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
