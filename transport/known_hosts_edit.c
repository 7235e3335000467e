#define _GNU_SOURCE /* mkostemp */
#include "transport/known_hosts.h"

#include "core/base/fs.h"
#include "core/base/shell.h"
#include "transport/known_hosts_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 64 * 1024 * 1024 };

/* One file being edited; out is its new content. */
struct editing {
	struct hd_known_hosts k;
	const char *path;
	unsigned line;
	struct hd_str *out;
	bool changed;
};

/* Appends the names of a list except name; false if none remain. */
static bool
add_others(struct hd_str *out, struct hd_span list, const char *name)
{
	bool any = false;

	while (list.n > 0) {
		struct hd_span one = hd_known_item(&list);

		if (hd_span_is_name(one, name))
			continue;
		hd_str_add(out, any ? "," : "");
		hd_str_addn(out, one.p, one.n);
		any = true;
	}
	return any;
}

/* A pattern may cover other hosts, whose keys must stay. */
static int
pattern(const struct editing *e, struct hd_err *err)
{
	return hd_err_set(err, HD_ELOCAL,
	    "%s:%u covers %s by a pattern, and perhaps other hosts: edit that "
	    "line yourself",
	    e->path, e->line, e->k.name);
}

static int
edit_line(struct editing *e, struct hd_span line, struct hd_err *err)
{
	HD_AUTO_STR others = HD_STR_INIT(FILE_MAX);
	struct hd_span hosts, rest = line;
	bool any;

	if (!hd_known_line(&e->k, &rest, &hosts)) {
		hd_str_addn(e->out, line.p, line.n);
		return 0;
	}
	e->changed = true;
	if (hd_known_hashed(hosts))
		return 0;
	any = add_others(&others, hosts, e->k.name);
	if (any && hd_known_covers(
		       (struct hd_span){ others.ptr, others.len }, e->k.name))
		return pattern(e, err);
	if (!any)
		return 0;
	hd_str_addn(e->out, others.ptr, others.len);
	hd_str_addn(e->out, rest.p, rest.n);
	return 0;
}

static int
edit(struct editing *e, const struct hd_str *text, struct hd_err *err)
{
	const char *at = text->ptr, *end = text->ptr + text->len;

	for (e->line = 1; at < end; e->line++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((newline ? newline + 1 : end) - at);

		if (edit_line(e, (struct hd_span){ at, n }, err) < 0)
			return -1;
		at += n;
	}
	return hd_str_check(e->out, err);
}

static int
failed(const struct editing *e, struct hd_err *err)
{
	const int problem = errno;
	HD_AUTO_SHELL command = HD_SHELL_INIT;

	hd_shell_lit(&command, "ssh-keygen -R ");
	hd_shell_arg(&command, e->k.name);
	hd_shell_lit(&command, " -f ");
	hd_shell_arg(&command, e->path);
	return hd_err_set(err, HD_ELOCAL,
	    "cannot remove the old key from %s: %s; as a user who can write "
	    "the file, run `%s` first",
	    e->path, strerror(problem), command.text.ptr);
}

/* Renames a new file over the old one, so that no reader sees half a file.
 * Follows symbolic links. */
static int
replace(const struct editing *e, const struct stat *was, struct hd_err *err)
{
	HD_AUTO_FREE char *real = realpath(e->path, NULL);
	HD_AUTO_ARENA a = { 0 };
	char *new;
	HD_AUTO_FD fd = -1;

	if (real == NULL)
		return failed(e, err);
	new = hd_arena_fmt(&a, "%s.XXXXXX", real);
	fd = mkostemp(new, O_CLOEXEC);
	if (fd < 0)
		return failed(e, err);
	if (fchown(fd, was->st_uid, was->st_gid) < 0 ||
	    fchmod(fd, was->st_mode & 07777) < 0 ||
	    hd_fs_write_all(fd, e->out->ptr, e->out->len) < 0 ||
	    fsync(fd) < 0 || rename(new, real) < 0) {
		(void)failed(e, err);
		(void)unlink(new);
		return -1;
	}
	return 0;
}

/* Opens and locks the file; -1 with errno set. Starts again if another file
 * took its name before the lock was taken. */
static int
open_locked(const char *path, struct stat *st)
{
	for (;;) {
		HD_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
		struct stat now;

		if (fd < 0 || flock(fd, LOCK_EX) < 0 || fstat(fd, st) < 0)
			return -1;
		if (stat(path, &now) == 0 && now.st_ino == st->st_ino &&
		    now.st_dev == st->st_dev)
			return hd_steal_fd(&fd);
	}
}

static int
forget(struct editing *e, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(FILE_MAX);
	struct stat st;
	HD_AUTO_FD fd = open_locked(e->path, &st);

	if (fd < 0)
		return errno == ENOENT ? 0 : failed(e, err);
	if (hd_fs_read(e->path, &text, err) < 0 || edit(e, &text, err) < 0)
		return -1;
	return e->changed ? replace(e, &st, err) : 0;
}

int
hd_known_hosts_forget(
    const char *path, const char *host, unsigned port, struct hd_err *err)
{
	HD_AUTO_STR out = HD_STR_INIT(FILE_MAX);
	struct editing e = { .path = path, .out = &out };
	int rc;

	hd_known_hosts_init(&e.k, host, port);
	rc = forget(&e, err);
	hd_known_hosts_done(&e.k);
	return rc;
}
