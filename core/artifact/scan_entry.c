/* Reads the entries of a tarball, and refuses those that a release must not
 * have. */
#include "core/artifact/content.h"
#include "core/artifact/names.h"
#include "core/artifact/scan_private.h"

#include <errno.h>
#include <string.h>

enum { TEXTS_MAX = 8 * 1024 * 1024 };
enum { SPECIAL_BITS = 07000, WRITABLE = 022 };

static int
fail(struct hd_pass *p, const char *what)
{
	char shown[HD_SHOWN_MAX];

	return hd_err_set(
	    p->err, HD_ELOCAL, "%s: %s", hd_shown(shown, p->path), what);
}

int
hd_pass_unread(struct hd_pass *p)
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
read_content(struct hd_pass *p, struct archive_entry *e, struct hd_content *c,
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
		return hd_pass_unread(p);
	if (holes || archive_entry_size(e) != (la_int64_t)*size)
		return fail(p, "sparse file; pack with tar without --sparse");
	return 0;
}

/* A text that only describes the release is left out if it is too large. */
static int
keep_text(struct hd_pass *p, struct hd_content *c)
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
take_file(struct hd_pass *p, struct archive_entry *e)
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

static int
take_folder(struct hd_pass *p, struct archive_entry *e)
{
	*HD_PUSH(&p->scan->arena, &p->scan->folders) = p->path;
	p->scan->writable |=
	    (archive_entry_perm(e) & (WRITABLE | SPECIAL_BITS)) != 0;
	return 0;
}

static int
take_link(struct hd_pass *p, struct archive_entry *e)
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
copy_entry(struct hd_pass *p, struct archive_entry *e)
{
	return p->copy == NULL ? 0 : hd_packing_entry(p->copy, e);
}

/* The folder that was packed, as `tar -czf FILE -C FOLDER .` names it. */
static int
take_top(struct hd_pass *p, struct archive_entry *e)
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
note_entry(struct hd_pass *p, struct archive_entry *e)
{
	uint64_t at = (uint64_t)archive_read_header_position(p->tar);
	const char *name = hd_entry_name(e);

	hd_cuts_data_before(&p->cuts, at, p->size);
	hd_cuts_entry(&p->cuts, name != NULL ? name : "", at);
	p->size = (uint64_t)archive_entry_size(e);
}

int
hd_pass_entry(struct hd_pass *p, struct archive_entry *e)
{
	static const struct {
		unsigned type;
		int (*take)(struct hd_pass *p, struct archive_entry *e);
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
