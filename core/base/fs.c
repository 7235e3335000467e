#define _GNU_SOURCE /* mkostemp */
#include "core/base/fs.h"

#include "core/base/alloc.h"
#include "core/base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
hd_closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

int
hd_steal_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

static int
unreadable(const char *path, struct hd_err *err)
{
	return hd_err_set(err, HD_ELOCAL, "%s: %s", path, strerror(errno));
}

static int
read_all(int fd, const char *path, struct hd_str *out, struct hd_err *err)
{
	char chunk[8192];
	ssize_t n;

	while (!out->failed && (n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return unreadable(path, err);
		hd_str_addn(out, chunk, (size_t)n);
	}
	if (hd_str_check(out, err) < 0)
		return hd_err_prefix(err, "%s", path);
	return 0;
}

int
hd_fs_read(const char *path, struct hd_str *out, struct hd_err *err)
{
	HD_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? unreadable(path, err) : read_all(fd, path, out, err);
}

/* O_NONBLOCK: opening a FIFO would wait for a writer. */
int
hd_fs_read_regular(const char *path, struct hd_str *out, struct hd_err *err)
{
	HD_AUTO_FD fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 1;
	if (fd < 0 || fstat(fd, &st) < 0)
		return unreadable(path, err);
	if (!S_ISREG(st.st_mode) && strcmp(path, "/dev/null") != 0)
		return hd_err_set(
		    err, HD_ELOCAL, "%s is not a regular file", path);
	return read_all(fd, path, out, err);
}

/* An existing folder is fine: another process may have just made it. */
static int
make_one(const char *path, struct hd_err *err)
{
	struct stat st;

	if (mkdir(path, 0777) == 0)
		return 0;
	if (errno == EEXIST && stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		errno = ENOTDIR;
	}
	return hd_err_set(err, HD_ELOCAL,
	    "cannot make the folder %s on this machine: %s", path,
	    strerror(errno));
}

int
hd_fs_make_folder(const char *path, struct hd_err *err)
{
	HD_AUTO_FREE char *copy = hd_strdup(path);

	for (char *p = copy; *p != '\0'; p++) {
		if (p == copy || *p != '/')
			continue;
		*p = '\0';
		if (make_one(copy, err) < 0)
			return -1;
		*p = '/';
	}
	return make_one(path, err);
}

int
hd_fs_write_all(int fd, const void *p, size_t n)
{
	const char *from = p;

	while (n > 0) {
		ssize_t done = write(fd, from, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		from += done;
		n -= (size_t)done;
	}
	return 0;
}

int
hd_fs_create(const char *path, const char *text, size_t n, struct hd_err *err)
{
	HD_AUTO_FD fd =
	    open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0 && errno == EEXIST)
		return 1;
	if (fd >= 0 && hd_fs_write_all(fd, text, n) == 0)
		return 0;
	hd_err_set(
	    err, HD_ELOCAL, "cannot write %s: %s", path, strerror(errno));
	if (fd >= 0)
		unlink(path);
	return -1;
}

int
hd_fs_temp(int *fd, const char *text, size_t n, struct hd_err *err)
{
	char name[] = "/tmp/hdeploy-XXXXXX";
	HD_AUTO_FD f = mkostemp(name, O_CLOEXEC);

	if (f < 0)
		return hd_err_set(err, HD_ELOCAL,
		    "cannot make a temporary file in /tmp: %s",
		    strerror(errno));
	unlink(name);
	if (hd_fs_write_all(f, text, n) < 0 || lseek(f, 0, SEEK_SET) != 0)
		return hd_err_set(err, HD_ELOCAL,
		    "cannot write a temporary file in /tmp: %s",
		    strerror(errno));
	*fd = hd_steal_fd(&f);
	return 0;
}

static int
write_new(const char *new, int fd, const char *path, const char *text, size_t n)
{
	if (hd_fs_write_all(fd, text, n) == 0 && fsync(fd) == 0 &&
	    rename(new, path) == 0)
		return 0;
	return -1;
}

static int
replace(const char *path, mode_t mode, const char *text, size_t n,
    struct hd_err *err)
{
	HD_AUTO_ARENA a = { 0 };
	char suffix[17], *new;
	HD_AUTO_FD fd = -1;
	struct stat st;

	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return hd_err_set(
		    err, HD_ELOCAL, "%s is not a file: name another one", path);
	hd_random_hex(suffix, sizeof(suffix) / 2);
	new = hd_arena_fmt(&a, "%s.%s", path, suffix);
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd >= 0 && write_new(new, fd, path, text, n) == 0)
		return 0;
	(void)hd_err_set(
	    err, HD_ELOCAL, "%s cannot be written: %s", path, strerror(errno));
	if (fd >= 0)
		(void)unlink(new);
	return -1;
}

int
hd_fs_replace(const char *path, const char *text, size_t n, struct hd_err *err)
{
	return replace(path, 0600, text, n, err);
}

int
hd_fs_publish(const char *path, const char *text, size_t n, struct hd_err *err)
{
	return replace(path, 0666, text, n, err);
}
