#include "core/artifact/pack.h"

#include "core/artifact/chunker.h"
#include "core/artifact/names.h"
#include "core/base/cancel.h"
#include "core/base/fs.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 1980: some tools warn about 1970, and zip cannot hold it. */
enum { BLOCK = 64 * 1024, ALL_TIMES = 315532800 };

struct hd_packing {
	struct archive *tar;
	struct hd_chunker *chunker;
	bool over;
	struct hd_err *err;
	unsigned char block[BLOCK];
};

static int
fail(struct hd_packing *p, const char *path, const char *what)
{
	char shown[HD_SHOWN_MAX];

	return hd_err_set(
	    p->err, HD_ELOCAL, "%s: %s", hd_shown(shown, path), what);
}

/* Reports libarchive's error; path NULL: at the end of the tarball. */
static int
fail_write(struct hd_packing *p, const char *path)
{
	const char *text = archive_error_string(p->tar);
	char shown[HD_SHOWN_MAX];

	if (archive_errno(p->tar) == ENOMEM)
		hd_alloc_failed();
	if (archive_errno(p->tar) == ENOSPC)
		return hd_err_set(p->err, HD_ELOCAL,
		    "no space left in /tmp, where the release is packed; "
		    "free some");
	return hd_err_set(p->err, HD_ELOCAL, "%s: cannot be packed: %s",
	    hd_shown(shown, path != NULL ? path : "the end"),
	    text != NULL ? text : "unknown error");
}

static struct archive_entry *
new_entry(const char *path)
{
	struct archive_entry *e = archive_entry_new();

	if (e == NULL)
		hd_alloc_failed();
	archive_entry_set_pathname(e, path);
	archive_entry_set_mtime(e, ALL_TIMES, 0);
	return e;
}

/* Frees e. */
static int
write_entry(struct hd_packing *p, struct archive_entry *e, const char *path)
{
	int status = archive_write_finish_entry(p->tar); /* the last one */

	hd_chunker_entry(p->chunker, path);
	if (status == ARCHIVE_OK)
		status = archive_write_header(p->tar, e);
	hd_chunker_data(p->chunker, (uint64_t)archive_entry_size(e));
	archive_entry_free(e);
	return status == ARCHIVE_OK ? 0 : fail_write(p, path);
}

static int
write_header(struct hd_packing *p, const struct hd_leaf *leaf)
{
	struct archive_entry *e = new_entry(leaf->path);

	archive_entry_set_perm(e, (__LA_MODE_T)leaf->mode);
	archive_entry_set_filetype(e, leaf->folder ? AE_IFDIR
				      : leaf->link ? AE_IFLNK
						   : AE_IFREG);
	archive_entry_set_size(e, (la_int64_t)leaf->size);
	if (leaf->link != NULL)
		archive_entry_set_symlink(e, leaf->link);
	return write_entry(p, e, leaf->path);
}

int
hd_packing_bytes(
    struct hd_packing *p, const char *path, const void *bytes, size_t n)
{
	if (archive_write_data(p->tar, bytes, n) != (la_ssize_t)n)
		return fail_write(p, path);
	return 0;
}

/* Writes exactly as many bytes as the header declares. */
static int
write_file(struct hd_packing *p, const struct hd_leaf *leaf)
{
	HD_AUTO_FD fd = open(leaf->disk, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	uint64_t left = leaf->size;
	ssize_t n = 0;

	if (fd < 0 && errno == ELOOP)
		fd = open(leaf->disk, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(p, leaf->path, strerror(errno));
	while ((n = read(fd, p->block, BLOCK)) != 0) {
		if (hd_cancel_requested())
			return hd_err_set(p->err, HD_ECANCELED, "interrupted");
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(p, leaf->path, strerror(errno));
		if ((uint64_t)n > left)
			break;
		if (hd_packing_bytes(p, leaf->path, p->block, (size_t)n) < 0)
			return -1;
		left -= (uint64_t)n;
	}
	if (n != 0 || left > 0)
		return fail(p, leaf->path,
		    "changed while it was packed; wait until the build ends");
	return 0;
}

static int
write_leaf(struct hd_packing *p, const struct hd_leaf *leaf)
{
	if (write_header(p, leaf) < 0)
		return -1;
	if (leaf->text != NULL)
		return hd_packing_bytes(p, leaf->path, leaf->text, leaf->size);
	return leaf->link != NULL || leaf->folder ? 0 : write_file(p, leaf);
}

static la_ssize_t
take(struct archive *tar, void *ctx, const void *bytes, size_t n)
{
	struct hd_packing *p = ctx;

	/* archive_write_free() fills up the last entry to the size that its
	 * header declares, until a write fails. */
	if (p->over)
		errno = ECANCELED;
	else if (hd_chunker_add(p->chunker, bytes, n) == 0)
		return (la_ssize_t)n;
	archive_set_error(tar, errno, "%s", strerror(errno));
	return -1;
}

/* format: any tool can read ustar, but it cannot contain long names. pax only
 * differs from it where a name needs that. Without blocks libarchive writes
 * every byte at once, so that the chunker knows where an entry begins. */
static int
begin(struct hd_packing *p, int format(struct archive *))
{
	if (format(p->tar) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(p->tar, 0) != ARCHIVE_OK ||
	    archive_write_open(p->tar, p, NULL, take, NULL) != ARCHIVE_OK) {
		if (archive_errno(p->tar) == ENOMEM)
			hd_alloc_failed();
		return hd_err_set(p->err, HD_ELOCAL, "cannot start packing: %s",
		    archive_error_string(p->tar));
	}
	return 0;
}

int
hd_packing_end(struct hd_packing *p)
{
	if (archive_write_close(p->tar) != ARCHIVE_OK)
		return fail_write(p, NULL);
	if (hd_chunker_end(p->chunker) == 0)
		return 0;
	archive_set_error(p->tar, errno, "%s", strerror(errno));
	return fail_write(p, NULL);
}

static int
write_all(struct hd_packing *p, const struct hd_tree *tree)
{
	if (begin(p, tree->plain ? archive_write_set_format_pax_restricted
				 : archive_write_set_format_ustar) < 0)
		return -1;
	for (size_t i = 0; i < tree->leaves.n; i++)
		if (write_leaf(p, &tree->leaves.v[i]) < 0)
			return -1;
	return hd_packing_end(p);
}

/* Not more than a disk can feed, because each needs some memory. */
static size_t
processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (n < 1)
		return 1;
	return n < HD_CHUNKER_THREADS ? (size_t)n : HD_CHUNKER_THREADS;
}

static struct hd_packing *
new_packing(int fd, struct hd_err *err)
{
	struct hd_packing *p = hd_alloc(sizeof(*p));

	p->err = err;
	p->chunker = hd_chunker_new(fd, processors());
	p->tar = archive_write_new();
	if (p->tar == NULL)
		hd_alloc_failed();
	return p;
}

void
hd_packing_free(struct hd_packing *p)
{
	if (p == NULL)
		return;
	p->over = true;
	archive_write_free(p->tar);
	hd_chunker_free(p->chunker);
	free(p);
}

int
hd_pack(int fd, const struct hd_tree *tree, struct hd_err *err)
{
	struct hd_packing *p = new_packing(fd, err);
	int status = write_all(p, tree);

	hd_packing_free(p);
	return status;
}

int
hd_packing_new(struct hd_packing **out, int fd, struct hd_err *err)
{
	struct hd_packing *p = new_packing(fd, err);

	if (begin(p, archive_write_set_format_pax_restricted) < 0) {
		hd_packing_free(p);
		return -1;
	}
	*out = p;
	return 0;
}

int
hd_packing_entry(struct hd_packing *p, struct archive_entry *old)
{
	const char *path = archive_entry_pathname(old);
	struct archive_entry *e = new_entry(path);

	archive_entry_set_filetype(e, archive_entry_filetype(old));
	archive_entry_set_perm(e, archive_entry_perm(old) & 0755);
	archive_entry_set_size(e, archive_entry_size(old));
	if (archive_entry_symlink(old) != NULL)
		archive_entry_set_symlink(e, archive_entry_symlink(old));
	return write_entry(p, e, path);
}

const struct hd_chunks *
hd_packing_chunks(const struct hd_packing *p)
{
	return hd_chunker_chunks(p->chunker);
}

/* Reports libarchive's error about a tarball that a scan has accepted. */
static int
fail_read(struct hd_packing *p, struct archive *from, const char *path)
{
	if (hd_cancel_requested())
		return hd_err_set(p->err, HD_ECANCELED, "interrupted");
	return fail(p, path != NULL ? path : "the tarball",
	    archive_error_string(from) != NULL ? archive_error_string(from)
					       : "changed while it was packed");
}

static int
copy_entry(struct hd_packing *p, struct archive *from, struct archive_entry *e)
{
	const char *path = archive_entry_pathname(e);
	la_ssize_t n;

	if (hd_packing_entry(p, e) < 0)
		return -1;
	while ((n = archive_read_data(from, p->block, BLOCK)) > 0) {
		if (hd_cancel_requested())
			break;
		if (hd_packing_bytes(p, path, p->block, (size_t)n) < 0)
			return -1;
	}
	return n == 0 ? 0 : fail_read(p, from, path);
}

static bool
is_replaced(const struct hd_leaf *added, struct archive_entry *e)
{
	const char *name = hd_entry_name(e);

	return added != NULL && name != NULL && strcmp(name, added->path) == 0;
}

static int
copy_all(
    struct hd_packing *p, struct archive *from, const struct hd_leaf *added)
{
	struct archive_entry *e;
	int status;

	while ((status = archive_read_next_header(from, &e)) == ARCHIVE_OK ||
	       status == ARCHIVE_WARN)
		if (!is_replaced(added, e) && copy_entry(p, from, e) < 0)
			return -1;
	if (status != ARCHIVE_EOF)
		return fail_read(p, from, NULL);
	if (added != NULL && added->text != NULL && write_leaf(p, added) < 0)
		return -1;
	return hd_packing_end(p);
}

int
hd_repack(int fd, int from, const struct hd_leaf *added, struct hd_err *err)
{
	struct hd_packing *p;
	struct archive *tar;
	int status = -1;

	if (hd_packing_new(&p, fd, err) < 0)
		return -1;
	tar = archive_read_new();
	if (tar == NULL)
		hd_alloc_failed();
	archive_read_support_filter_gzip(tar);
	archive_read_support_format_tar(tar);
	if (lseek(from, 0, SEEK_SET) < 0 ||
	    archive_read_open_fd(tar, from, BLOCK) != ARCHIVE_OK)
		fail_read(p, tar, NULL);
	else
		status = copy_all(p, tar, added);
	archive_read_free(tar);
	hd_packing_free(p);
	return status;
}
