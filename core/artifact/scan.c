#include "core/artifact/scan.h"

#include "core/artifact/content.h"
#include "core/artifact/cuts.h"
#include "core/artifact/digests.h"
#include "core/artifact/gunzip.h"
#include "core/artifact/names.h"
#include "core/artifact/pack.h"
#include "core/artifact/tally.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { TAR_END = 1024, TEXTS_MAX = 8 * 1024 * 1024 };
/* Enough for headers, long names and padding of one entry. */
enum { ENTRY_ROOM = 2048 };
enum { SPECIAL_BITS = 07000, WRITABLE = 022 };

struct pass {
	struct hd_scan *scan;
	struct hd_gunzip *gunzip;
	struct archive *tar;
	struct hd_digests *digests;
	struct hd_packing *copy; /* NULL: none */
	struct hd_cuts cuts;
	uint64_t size; /* of the current entry */
	struct hd_err *err, feed_err;
	const char *path; /* of the current entry */
	size_t texts; /* bytes kept of texts that hd_text_wanted() selects */
	size_t more_texts; /* and of other texts */
	struct hd_tally tally;
	uint64_t fed; /* bytes of the tar so far */
	bool plain;   /* driver = app */
};

/* As hd_gunzip_read(), with a limit: a few bytes can be hours of zeros. */
static long
next_block(struct pass *p, const void **block, struct hd_err *err)
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
	struct pass *p = ctx;
	long n = next_block(p, block, &p->feed_err);

	if (n < 0)
		archive_set_error(tar, EIO, "%s", "read");
	return n;
}

static int
fail(struct pass *p, const char *what)
{
	char shown[HD_SHOWN_MAX];

	return hd_err_set(
	    p->err, HD_ELOCAL, "%s: %s", hd_shown(shown, p->path), what);
}

/* Reports libarchive's error, or why it got no bytes. */
static int
fail_read(struct pass *p)
{
	char after[HD_SHOWN_MAX], said[HD_SHOWN_MAX];
	const char *text = archive_error_string(p->tar);

	if (p->feed_err.code != HD_OK) {
		*p->err = p->feed_err;
		return -1;
	}
	if (archive_errno(p->tar) == ENOMEM)
		hd_alloc_failed();
	hd_shown(said, text != NULL ? text : "unknown error");
	if (p->path == NULL)
		return hd_err_set(
		    p->err, HD_ELOCAL, "is not a tar archive (%s)", said);
	return hd_err_set(p->err, HD_ELOCAL,
	    "damaged tar archive, at or after %s (%s)",
	    hd_shown(after, p->path), said);
}

/*
 * Reads the entry's bytes. Refuses holes: libarchive would produce their zeros,
 * for years if the header declares that many, and not every unpacker supports
 * holes.
 */
static int
read_content(struct pass *p, struct archive_entry *e, struct hd_content *c,
    uint64_t *size)
{
	const void *block;
	size_t n = 0;
	la_int64_t at = 0;
	bool holes = false;
	int status;

	*size = 0;
	while (!holes && (status = archive_read_data_block(
			      p->tar, &block, &n, &at)) == ARCHIVE_OK) {
		holes = at < 0 || (uint64_t)at != *size;
		if (p->copy != NULL && !holes &&
		    hd_packing_bytes(p->copy, p->path, block, n) < 0)
			return -1;
		hd_content_add(c, block, n);
		*size += n;
	}
	if (!holes && status != ARCHIVE_EOF)
		return fail_read(p);
	if (holes || archive_entry_size(e) != (la_int64_t)*size)
		return fail(p, "sparse file; pack with tar without --sparse");
	return 0;
}

/* A text that only describes the release is left out if it is too large. */
static int
keep_text(struct pass *p, struct hd_content *c)
{
	struct hd_scan *s = p->scan;
	bool wanted = hd_text_wanted(p->path);
	size_t n, *kept = wanted ? &p->texts : &p->more_texts;
	const char *text = hd_content_text(c, &n);

	if (text == NULL || n > TEXTS_MAX - *kept)
		return wanted ? fail(p, "too large for a file of this name")
			      : 0;
	*kept += n;
	*HD_PUSH(&s->arena, &s->texts) = (struct hd_text){ p->path,
		hd_arena_strndup(&s->arena, text, n), n };
	return 0;
}

static int
take_file(struct pass *p, struct archive_entry *e)
{
	struct hd_scan *s = p->scan;
	bool runs = (archive_entry_perm(e) & 0100) != 0;
	struct hd_content *c = hd_content_new(p->path);
	struct hd_item item = { .entry = { .path = p->path,
				    .mode = runs ? 0755 : 0644 } };
	int status = read_content(p, e, c, &item.entry.size);

	s->writable |= (archive_entry_perm(e) & WRITABLE) != 0;
	if (status == 0 && !p->plain && hd_text_kept(p->path))
		status = keep_text(p, c);
	hd_digests_add(p->digests, c, p->path, s->items.n);
	*HD_PUSH(&s->arena, &s->items) = item;
	return status;
}

/* Fills in what the other thread found out about an item. */
static void
take_digests(void *ctx, const char *path, size_t i, const struct hd_sums *sums,
    const struct hd_elf *elf)
{
	struct pass *p = ctx;
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

static int
take_folder(struct pass *p, struct archive_entry *e)
{
	*HD_PUSH(&p->scan->arena, &p->scan->folders) = p->path;
	p->scan->writable |=
	    (archive_entry_perm(e) & (WRITABLE | SPECIAL_BITS)) != 0;
	return 0;
}

static int
take_link(struct pass *p, struct archive_entry *e)
{
	struct hd_scan *s = p->scan;
	const char *target = archive_entry_symlink(e), *problem;
	struct hd_content *c;
	struct hd_item item = { .entry = { .path = p->path, .mode = 0644 } };
	char shown[HD_SHOWN_MAX];

	if (target == NULL)
		problem = "which is missing";
	else
		problem = p->plain ? hd_plain_link_problem(p->path, target)
				   : hd_link_problem(target);
	if (problem != NULL)
		return hd_err_set(p->err, HD_ELOCAL,
		    "%s: symbolic link to %s, %s", p->path,
		    hd_shown(shown, target != NULL ? target : ""), problem);
	item.entry.link = hd_arena_strdup(&s->arena, target);
	c = hd_content_new("");
	hd_content_add(c, target, strlen(target));
	hd_digests_add(p->digests, c, p->path, s->items.n);
	*HD_PUSH(&s->arena, &s->items) = item;
	return 0;
}

/* Refuses mode bits that unpackers apply but the identity does not cover. */
static const char *
mode_problem(struct archive_entry *e)
{
	if (archive_entry_filetype(e) != AE_IFREG ||
	    (archive_entry_perm(e) & SPECIAL_BITS) == 0)
		return NULL;
	return "is set-user-id, set-group-id or sticky; remove that bit (chmod "
	       "u-s,g-s,-t) and build the release again";
}

/* Drops "./" from the beginning of name. True if that is all of it: the folder
 * itself. */
static bool
drop_dot(const char **name, size_t *n)
{
	while (*n > 1 && (*name)[0] == '.' && (*name)[1] == '/') {
		*name += 2;
		*n -= 2;
	}
	return *n == 0 || (*n == 1 && (*name)[0] == '.');
}

static int
copy_entry(struct pass *p, struct archive_entry *e)
{
	return p->copy == NULL ? 0 : hd_packing_entry(p->copy, e);
}

/* The folder that was packed, as `tar -czf FILE -C FOLDER .` names it. */
static int
take_top(struct pass *p, struct archive_entry *e)
{
	p->path = ".";
	if (archive_entry_filetype(e) != AE_IFDIR)
		return fail(p, "is not a folder");
	if (copy_entry(p, e) < 0)
		return -1;
	p->scan->writable |=
	    (archive_entry_perm(e) & (WRITABLE | SPECIAL_BITS)) != 0;
	return 0;
}

/* Notes where hd_pack() would cut, to see whether the tarball is in chunks
 * already. */
static void
note_entry(struct pass *p, struct archive_entry *e)
{
	uint64_t at = (uint64_t)archive_read_header_position(p->tar);
	const char *name = hd_entry_name(e);

	hd_cuts_data_before(&p->cuts, at, p->size);
	hd_cuts_entry(&p->cuts, name != NULL ? name : "", at);
	p->size = (uint64_t)archive_entry_size(e);
}

static int
take_entry(struct pass *p, struct archive_entry *e)
{
	static const struct {
		unsigned type;
		int (*take)(struct pass *p, struct archive_entry *e);
	} types[] = { { AE_IFREG, take_file }, { AE_IFDIR, take_folder },
		{ AE_IFLNK, take_link } };
	const char *name = hd_entry_name(e), *problem;
	size_t n;

	note_entry(p, e);
	if (hd_tally_add(&p->tally, (uint64_t)archive_entry_size(e), p->err) <
	    0)
		return -1;
	if (name == NULL || name[0] == '\0')
		return hd_err_set(
		    p->err, HD_ELOCAL, "has an entry without a usable name");
	n = strlen(name);
	if (archive_entry_filetype(e) == AE_IFDIR && n > 1 &&
	    name[n - 1] == '/')
		n--;
	if (p->plain && drop_dot(&name, &n))
		return take_top(p, e);
	p->path = hd_arena_strndup(&p->scan->arena, name, n);
	problem = p->plain ? hd_plain_entry_problem(p->path)
			   : hd_entry_problem(p->path);
	if (problem == NULL)
		problem = mode_problem(e);
	if (problem != NULL)
		return fail(p, problem);
	if (archive_entry_hardlink(e) != NULL)
		return fail(p,
		    p->plain ? "hard link; pack with tar --hard-dereference"
			     : "hard link, which Erlang's unpacker skips; pack "
			       "with tar --hard-dereference");
	for (size_t i = 0; i < HD_COUNT(types); i++)
		if (types[i].type == archive_entry_filetype(e))
			return copy_entry(p, e) < 0 ? -1 : types[i].take(p, e);
	return fail(p, "is not a file, a folder or a symbolic link");
}

/* Only zeros, at least two blocks, must follow the last entry. Without them the
 * archive was truncated between two entries. */
static int
check_tail(struct pass *p)
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
read_tar(struct pass *p)
{
	struct archive_entry *e;
	int status;

	if (archive_read_support_format_tar(p->tar) != ARCHIVE_OK)
		hd_alloc_failed();
	if (archive_read_open(p->tar, p, NULL, feed, NULL) != ARCHIVE_OK)
		return fail_read(p);
	/* A warning only concerns text that the locale cannot show. */
	while ((status = archive_read_next_header(p->tar, &e)) == ARCHIVE_OK ||
	       status == ARCHIVE_WARN)
		if (take_entry(p, e) < 0)
			return -1;
	return status == ARCHIVE_EOF ? check_tail(p) : fail_read(p);
}

/* Ends the copy, which the results describe from now on. */
static int
take_copy(struct pass *p, int copy)
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
	struct pass *p = hd_alloc(sizeof(*p));
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
