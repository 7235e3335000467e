#include "core/artifact/extract.h"

#include "core/artifact/names.h"
#include "core/base/cancel.h"
#include "core/base/fs.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024 };

struct extraction {
	struct archive *tar;
	const char *folder;
	struct hd_err *err;
	unsigned char chunk[CHUNK];
};

static int
fail(struct extraction *x, const char *path, const char *what)
{
	char shown[HD_SHOWN_MAX];

	return hd_err_set(x->err, HD_ELOCAL, "%s: cannot be unpacked: %s",
	    hd_shown(shown, path), what);
}

static int
fail_read(struct extraction *x, const char *path)
{
	const char *text = archive_error_string(x->tar);

	if (archive_errno(x->tar) == ENOMEM)
		hd_alloc_failed();
	return fail(x, path, text != NULL ? text : "unknown error");
}

static int
copy(struct extraction *x, const char *path, int fd)
{
	la_ssize_t n;

	while ((n = archive_read_data(x->tar, x->chunk, CHUNK)) > 0) {
		if (hd_cancel_requested())
			return hd_err_set(x->err, HD_ECANCELED, "interrupted");
		if (hd_fs_write_all(fd, x->chunk, (size_t)n) < 0)
			return fail(x, path, strerror(errno));
	}
	return n < 0 ? fail_read(x, path) : 0;
}

/* A file can be there twice, with the same content (inspect.c). */
static int
extract_file(struct extraction *x, const char *path)
{
	HD_AUTO_ARENA arena = { 0 };
	const char *target = hd_arena_fmt(&arena, "%s/%s", x->folder, path);
	HD_AUTO_FD fd = -1;

	if (hd_fs_make_folder(
		dirname(hd_arena_strdup(&arena, target)), x->err) < 0)
		return -1;
	fd = open(
	    target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0)
		return fail(x, path, strerror(errno));
	return copy(x, path, fd);
}

static int
extract_all(struct extraction *x, hd_extract_fn *wanted, void *ctx)
{
	struct archive_entry *e;
	int status;

	while ((status = archive_read_next_header(x->tar, &e)) == ARCHIVE_OK ||
	       status == ARCHIVE_WARN) {
		const char *path = hd_entry_name(e);

		if (archive_entry_filetype(e) != AE_IFREG || path == NULL ||
		    hd_entry_problem(path) != NULL ||
		    (wanted != NULL &&
			!wanted(ctx, path, (uint64_t)archive_entry_size(e))))
			continue;
		if (extract_file(x, path) < 0)
			return -1;
	}
	return status == ARCHIVE_EOF ? 0 : fail_read(x, "the tarball");
}

int
hd_extract(const struct hd_artifact *a, const char *folder,
    hd_extract_fn *wanted, void *ctx, struct hd_err *err)
{
	struct extraction *x = hd_alloc(sizeof(*x));
	int status = -1;

	x->folder = folder;
	x->err = err;
	x->tar = archive_read_new();
	if (x->tar == NULL)
		hd_alloc_failed();
	archive_read_support_filter_gzip(x->tar);
	archive_read_support_format_tar(x->tar);
	if (lseek(a->fd, 0, SEEK_SET) < 0 ||
	    archive_read_open_fd(x->tar, a->fd, CHUNK) != ARCHIVE_OK)
		fail_read(x, "the tarball");
	else
		status = extract_all(x, wanted, ctx);
	archive_read_free(x->tar);
	free(x);
	if (lseek(a->fd, 0, SEEK_SET) < 0 && status == 0)
		status = hd_err_set(
		    err, HD_ELOCAL, "the tarball: %s", strerror(errno));
	return status;
}
