/* Fetches a kept tarball to this machine and checks it against the digest that
 * the host recorded at its push. */
#include "core/rollout/fetch.h"

#include "core/base/fs.h"
#include "core/rollout/operate.h"
#include "core/rollout/reconnect.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DOWNLOADS = 3 };

static const uint64_t size_max = (uint64_t)1 << 40;

static int
failed(const char *path, struct hd_err *err)
{
	return hd_err_set(err, HD_ELOCAL, "%s: %s", path, strerror(errno));
}

static int
download_once(struct hd_site *s, const char *remote, int fd, struct hd_err *err)
{
	const struct hd_read r = {
		.path = remote,
		.fd = fd,
		.max = size_max,
		.stall_ms = s->host->upload_timeout,
	};
	int rc;

	if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return failed("the partial download", err);
	hd_site_use(s);
	rc = hd_site_connect(s, err);
	if (rc == 0)
		rc = hd_tp_read(s->t, &r, err);
	hd_site_leave(s);
	return rc;
}

/* Tries again from the start, on a new connection. */
static int
download(struct hd_site *s, const char *remote, int fd, struct hd_err *err)
{
	struct hd_reconnect again = { .optional = true };

	for (unsigned n = 1; download_once(s, remote, fd, err) < 0; n++) {
		if (n == DOWNLOADS)
			hd_site_drop(s);
		if (n == DOWNLOADS || !hd_reconnect(&again, s, err))
			return -1;
	}
	return 0;
}

static int
compare(int fd, const struct hd_record *r, struct hd_err *err)
{
	char sha256[HD_SHA256_HEX];
	uint64_t size;

	if (hd_sha256_fd(fd, sha256, &size, err) < 0)
		return -1;
	if (strcmp(sha256, r->sha256) != 0)
		return hd_err_set(err, HD_EREMOTE,
		    "the kept tarball of %s is not the one that was pushed "
		    "(its SHA-256 is %s): push %s again",
		    r->version, sha256, r->version);
	return 0;
}

/* Renames the file to its name only when it is whole. */
static int
fetch(struct hd_site *s, const struct hd_record *r, const char *remote,
    const char *part, const char *target, struct hd_err *err)
{
	HD_AUTO_FD fd = open(
	    part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0)
		return failed(part, err);
	if (download(s, remote, fd, err) < 0 || compare(fd, r, err) < 0) {
		unlink(part);
		return -1;
	}
	if (fsync(fd) < 0 || rename(part, target) < 0) {
		(void)failed(target, err);
		unlink(part);
		return -1;
	}
	return 0;
}

int
hd_fetch(struct hd_site *s, const char *version, const char *folder,
    struct hd_arena *arena, const char **path, struct hd_err *err)
{
	const struct hd_record *r = hd_facts_record(s->before, version);
	const char *remote = hd_arena_fmt(
	    arena, "%s/.hdeploy/tarballs/%s.tar.gz", s->host->path, version);
	const char *target = hd_arena_fmt(
	    arena, "%s/%s-%s.tar.gz", folder, s->run->app->name, version);
	const char *part = hd_arena_fmt(arena, "%s.part", target);

	if (hd_fs_make_folder(folder, err) < 0 ||
	    fetch(s, r, remote, part, target, err) < 0)
		return -1;
	*path = target;
	return 0;
}
