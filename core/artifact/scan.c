#include "core/artifact/scan_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TAR_END = 1024 };
/* Enough for headers, long names and padding of one entry. */
enum { ENTRY_ROOM = 2048 };

/* As hd_gunzip_read(), with a limit: a few bytes can be hours of zeros. */
static long
next_block(struct hd_pass *p, const void **block, struct hd_err *err)
{
	static const uint64_t room = (uint64_t)HD_ENTRIES_MAX * ENTRY_ROOM;
	long n = hd_gunzip_read(p->gunzip, block, err);

	if (n > 0)
		p->fed += (uint64_t)n;
	if (n > 0 && p->fed > room && p->fed - room > p->tally.max)
		return hd_tally_exceeded(&p->tally, err);
	return n;
}

static la_ssize_t
feed(struct archive *tar, void *ctx, const void **block)
{
	struct hd_pass *p = ctx;
	long n = next_block(p, block, &p->feed_err);

	if (n < 0)
		archive_set_error(tar, EIO, "%s", "read");
	return n;
}

/* Fills in what the other thread found out about an item. */
static void
take_digests(void *ctx, const char *path, size_t i, const struct hd_sums *sums,
    const struct hd_elf *elf)
{
	struct hd_pass *p = ctx;
	struct hd_scan *s = p->scan;
	struct hd_item *item = &s->items.v[i];
	struct hd_program *program;

	memcpy(item->entry.sha256, sums->sha256, HD_SHA256_HEX);
	memcpy(item->identity, sums->identity, HD_SHA256_HEX);
	if (p->plain)
		return;
	memcpy(item->code, sums->code, HD_SHA256_HEX);
	if (elf == NULL)
		return;
	program = HD_PUSH(&s->arena, &s->programs);
	program->path = path;
	hd_elf_merge(&program->needs, &s->arena, elf);
}

/* Only zeros, at least two blocks, must follow the last entry. Without them the
 * archive was truncated between two entries. */
static int
check_tail(struct hd_pass *p)
{
	int64_t end = archive_read_header_position(p->tar);
	struct hd_gunzip_sums sums;
	const void *block;
	long n;

	while ((n = next_block(p, &block, p->err)) > 0)
		;
	if (n < 0)
		return -1;
	hd_gunzip_sums(p->gunzip, &sums);
	if (end < 0 || sums.length < (uint64_t)end + TAR_END ||
	    sums.zeros < sums.length - (uint64_t)end)
		return hd_err_set(p->err, HD_ELOCAL,
		    "truncated or damaged: the tar archive has no valid end; "
		    "build or copy it again");
	hd_cuts_data_before(&p->cuts, (uint64_t)end, p->size);
	hd_cuts_end(&p->cuts, sums.length);
	hd_chunks_find(&p->scan->chunks, &p->scan->arena, &p->cuts, &sums);
	p->scan->size = sums.size;
	memcpy(p->scan->sha256, sums.sha256, sizeof(sums.sha256));
	return 0;
}

static int
read_tar(struct hd_pass *p)
{
	struct archive_entry *e;
	int status;

	if (archive_read_support_format_tar(p->tar) != ARCHIVE_OK)
		hd_alloc_failed();
	if (archive_read_open(p->tar, p, NULL, feed, NULL) != ARCHIVE_OK)
		return hd_pass_unread(p);
	/* A warning only concerns text that the locale cannot show. */
	while ((status = archive_read_next_header(p->tar, &e)) == ARCHIVE_OK ||
	       status == ARCHIVE_WARN)
		if (hd_pass_entry(p, e) < 0)
			return -1;
	return status == ARCHIVE_EOF ? check_tail(p) : hd_pass_unread(p);
}

/* Ends the copy, which the results describe from now on. */
static int
take_copy(struct hd_pass *p, int copy)
{
	struct hd_scan *s = p->scan;
	const struct hd_chunks *chunks = hd_packing_chunks(p->copy);

	if (hd_packing_end(p->copy) < 0 ||
	    hd_sha256_fd(copy, s->sha256, &s->size, p->err) < 0)
		return -1;
	s->chunks = (struct hd_chunks){ 0 };
	for (size_t i = 0; i < chunks->n; i++)
		*HD_PUSH(&s->arena, &s->chunks) = chunks->v[i];
	s->writable = false;
	return 0;
}

static int
scan(struct hd_scan *out, int fd, uint64_t max, int copy, bool plain,
    struct hd_err *err)
{
	struct hd_pass *p = hd_alloc(sizeof(*p));
	int status = -1;

	*out = (struct hd_scan){ 0 };
	p->scan = out;
	p->err = err;
	p->tally.max = max;
	p->plain = plain;
	if (hd_gunzip_new(&p->gunzip, fd, err) == 0 &&
	    (copy < 0 || hd_packing_new(&p->copy, copy, err) == 0)) {
		p->tar = archive_read_new();
		if (p->tar == NULL)
			hd_alloc_failed();
		p->digests = hd_digests_new();
		status = read_tar(p);
		if (status == 0 && p->copy != NULL)
			status = take_copy(p, copy);
		hd_digests_end(
		    p->digests, status == 0 ? take_digests : NULL, p);
		archive_read_free(p->tar);
	}
	hd_packing_free(p->copy);
	hd_gunzip_free(p->gunzip);
	hd_cuts_done(&p->cuts);
	free(p);
	return status;
}

int
hd_scan_tarball(
    struct hd_scan *out, int fd, uint64_t max, int copy, struct hd_err *err)
{
	return scan(out, fd, max, copy, false, err);
}

int
hd_scan_plain(
    struct hd_scan *out, int fd, uint64_t max, int copy, struct hd_err *err)
{
	return scan(out, fd, max, copy, true, err);
}
