#define _GNU_SOURCE /* mkostemp */
#include "transport/known_hosts/known_hosts_edit.h"

#include "core/base/digest.h"
#include "core/base/fs.h"
#include "core/base/shell.h"

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
	const char *path, *name;
	struct hd_arena arena;
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
	    e->path, e->line, e->name);
}

static bool
covers(struct hd_span names, const char *name)
{
	struct hd_known_hash hash;
	struct hd_hmac_sha1 *h;
	unsigned char got[20];

	if (!hd_known_hashed(names))
		return hd_known_in_list(names, name);
	if (!hd_known_hash_read(&hash, names))
		return false;
	h = hd_hmac_sha1_new();
	hd_hmac_sha1(h, hash.salt, sizeof(hash.salt), name, strlen(name), got);
	hd_hmac_sha1_free(h);
	return memcmp(got, hash.mac, sizeof(got)) == 0;
}

/* Whether the line records a key of this host. */
static bool
is_of_host(struct editing *e, const struct hd_known_line *line)
{
	size_t n;

	return line->kind == HD_KNOWN_KEY && covers(line->names, e->name) &&
	       hd_known_blob(line, &e->arena, &n) != NULL;
}

static int
edit_line(struct editing *e, struct hd_span text, struct hd_err *err)
{
	HD_AUTO_STR others = HD_STR_INIT(FILE_MAX);
	struct hd_known_line line;
	bool any;

	if (!hd_known_split(&line, text) || !is_of_host(e, &line)) {
		hd_str_addn(e->out, text.p, text.n);
		return 0;
	}
	e->changed = true;
	if (hd_known_hashed(line.names))
		return 0;
	any = add_others(&others, line.names, e->name);
	if (any && hd_known_in_list(
		       (struct hd_span){ others.ptr, others.len }, e->name))
		return pattern(e, err);
	if (!any)
		return 0;
	hd_str_addn(e->out, others.ptr, others.len);
	hd_str_addn(e->out, line.tail.p, line.tail.n);
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
	hd_shell_arg(&command, e->name);
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

/* Opens and locks the file. -1 with errno set; EINVAL: not a regular file.
 * Starts again if another file took its name before the lock was taken. */
static int
open_locked(const char *path, int flags, struct stat *st)
{
	for (;;) {
		HD_AUTO_FD fd =
		    open(path, flags | O_CLOEXEC | O_NONBLOCK, 0600);
		struct stat now;

		if (fd < 0 || flock(fd, LOCK_EX) < 0 || fstat(fd, st) < 0)
			return -1;
		if (!S_ISREG(st->st_mode)) {
			errno = EINVAL;
			return -1;
		}
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
	HD_AUTO_FD fd = -1;

	if (strcmp(e->path, "/dev/null") == 0)
		return 0;
	fd = open_locked(e->path, O_RDONLY, &st);
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
	HD_AUTO_KNOWN_HOSTS k;
	struct editing e = { .path = path, .out = &out };
	int rc;

	hd_known_hosts_init(&k, host, port);
	e.name = k.name;
	rc = forget(&e, err);
	hd_arena_done(&e.arena);
	return rc;
}

static int
cannot_add(const char *path, struct hd_err *err)
{
	return hd_err_set(err, HD_ELOCAL, "cannot add the host key to %s: %s",
	    path,
	    errno == EINVAL ? "it is not a regular file" : strerror(errno));
}

/* Creates ~/.ssh if it is missing. */
static void
make_folder(const char *path)
{
	HD_AUTO_FREE char *folder = hd_strdup(path);
	char *slash = strrchr(folder, '/');

	if (slash == NULL || slash == folder)
		return;
	*slash = '\0';
	(void)mkdir(folder, 0700); /* open reports an error */
}

static int
open_to_add(const char *path, struct hd_err *err)
{
	struct stat st;
	int fd;

	make_folder(path);
	fd = open_locked(path, O_RDWR | O_CREAT | O_APPEND, &st);
	return fd < 0 ? cannot_add(path, err) : fd;
}

/* Ends an unfinished last line first. */
static int
append(int fd, const char *path, const char *text, struct hd_err *err)
{
	HD_AUTO_STR line = HD_STR_INIT(128 * 1024);
	off_t end = lseek(fd, 0, SEEK_END);
	char last = '\n';

	if (end > 0 && pread(fd, &last, 1, end - 1) != 1)
		return cannot_add(path, err);
	hd_str_addf(&line, "%s%s\n", last == '\n' ? "" : "\n", text);
	if (hd_str_check(&line, err) < 0)
		return -1;
	if (hd_fs_write_all(fd, line.ptr, line.len) < 0 || fsync(fd) < 0)
		return cannot_add(path, err);
	return 0;
}

int
hd_known_hosts_append(const char *path, const char *line, struct hd_err *err)
{
	HD_AUTO_FD fd = open_to_add(path, err);

	return fd < 0 ? -1 : append(fd, path, line, err);
}

char *
hd_known_hosts_line(const struct hd_known_hosts *k, const unsigned char *blob,
    size_t len, struct hd_arena *a)
{
	HD_AUTO_STR base64 = HD_STR_INIT(64 * 1024);
	char type[64];

	hd_key_type(blob, len, type);
	hd_base64_encode(blob, len, &base64);
	return hd_arena_fmt(a, "%s %s %s", k->name, type, base64.ptr);
}

/* A name with one of these would mean something else in a known_hosts line. */
#define UNSAFE "@?*!#[]|,'\"\\ \t\r\n"

/* Looks the host of k up in the present file. */
static enum hd_known
check_again(const struct hd_known_hosts *k, const struct hd_known_file *f,
    const unsigned char *blob, size_t len, unsigned *line)
{
	HD_AUTO_KNOWN_HOSTS now = { 0 };
	const struct hd_known_key *which;
	enum hd_known verdict;

	now.name = k->name;
	now.host = k->host;
	hd_known_hosts_look(&now, f);
	verdict = hd_known_hosts_check(&now, blob, len, &which);
	*line = which != NULL ? which->line : 0;
	return verdict;
}

int
hd_known_hosts_record(const char *path, const struct hd_known_hosts *k,
    const unsigned char *blob, size_t len, struct hd_err *err)
{
	HD_AUTO_FD fd = -1;
	HD_AUTO_ARENA a = { 0 };
	struct hd_known_file *now = NULL;
	enum hd_known verdict;
	unsigned line;

	if (k->host[strcspn(k->host, UNSAFE)] != '\0')
		return hd_err_set(err, HD_ELOCAL,
		    "the name %s cannot be recorded in %s", k->host, path);
	fd = open_to_add(path, err);
	if (fd < 0 || hd_known_file_read(&now, path, err) < 0)
		return -1;
	verdict = check_again(k, now, blob, len, &line);
	hd_known_file_free(now);
	if (verdict == HD_KNOWN_MATCH)
		return 1;
	if (verdict != HD_KNOWN_UNKNOWN)
		return hd_err_set(err, HD_EHOSTKEY,
		    "HOST KEY OF %s HAS CHANGED: meanwhile another key was "
		    "recorded at %s:%u",
		    k->name, path, line);
	return append(fd, path, hd_known_hosts_line(k, blob, len, &a), err);
}
