#include "core/artifact/inspect.h"

#include "core/artifact/identity.h"
#include "core/artifact/pack.h"
#include "core/artifact/parts_read.h"
#include "core/artifact/scan.h"
#include "core/base/fs.h"
#include "core/base/name.h"

#include <stdlib.h>
#include <string.h>

static int
by_path(const void *a, const void *b)
{
	const struct hd_item *x = a, *y = b;

	return strcmp(x->entry.path, y->entry.path);
}

static bool
is_same(const struct hd_entry *a, const struct hd_entry *b)
{
	return a->mode == b->mode && a->size == b->size &&
	       strcmp(a->sha256, b->sha256) == 0 &&
	       (a->link == NULL) == (b->link == NULL);
}

/* Merges equal entries of one name: Distillery packs a dozen files twice. */
static int
sort_and_unite(struct hd_scan *s, struct hd_err *err)
{
	struct hd_item *v = s->items.v;
	size_t n = 0;

	if (s->items.n > 0)
		qsort(v, s->items.n, sizeof(*v), by_path);
	for (size_t i = 0; i < s->items.n; i++) {
		if (n == 0 || by_path(&v[n - 1], &v[i]) != 0)
			v[n++] = v[i];
		else if (!is_same(&v[n - 1].entry, &v[i].entry))
			return hd_err_set(err, HD_ELOCAL,
			    "%s: two different entries have this name",
			    v[i].entry.path);
	}
	s->items.n = n;
	return 0;
}

/* Whether an item is in folder, which ends in a slash. */
static bool
has_folder(const struct hd_scan *s, const char *folder)
{
	size_t i = hd_scan_bound(s, folder);

	return i < s->items.n &&
	       strncmp(s->items.v[i].entry.path, folder, strlen(folder)) == 0;
}

/* Refuses path if one of its parents is a file or link: an unpacker would write
 * through the link. */
static int
check_parents(const struct hd_scan *s, const char *path, struct hd_err *err)
{
	HD_AUTO_STR part = HD_STR_INIT(64 * 1024);

	for (size_t at = 0; path[at] != '\0'; at++) {
		if (path[at] != '/')
			continue;
		hd_str_addn(&part, path + part.len, at - part.len);
		if (hd_scan_has(s, part.ptr))
			return hd_err_set(err, HD_ELOCAL,
			    "%s: is below %s, which is not a folder", path,
			    part.ptr);
	}
	return 0;
}

static int
check_folders(const struct hd_scan *s, struct hd_err *err)
{
	for (size_t i = 0; i < s->items.n; i++)
		if (check_parents(s, s->items.v[i].entry.path, err) < 0)
			return -1;
	for (size_t i = 0; i < s->folders.n; i++) {
		if (check_parents(s, s->folders.v[i], err) < 0)
			return -1;
		if (hd_scan_has(s, s->folders.v[i]))
			return hd_err_set(err, HD_ELOCAL,
			    "%s: two different entries have this name",
			    s->folders.v[i]);
	}
	return 0;
}

static int
check_boot(struct hd_scan *s, const struct hd_release *rel, struct hd_err *err)
{
	const char *folder =
	    hd_arena_fmt(&s->arena, "releases/%s/", rel->version);

	if (!hd_scan_has(s, hd_arena_fmt(&s->arena, "%sstart.boot", folder)) &&
	    !hd_scan_has(
		s, hd_arena_fmt(&s->arena, "%s%s.boot", folder, rel->name)))
		return hd_err_set(err, HD_ELOCAL,
		    "has neither %sstart.boot nor %s%s.boot, so it cannot "
		    "boot; build the release again",
		    folder, folder, rel->name);
	if (!has_folder(s, hd_arena_fmt(&s->arena, "erts-%s/", rel->erts)))
		return hd_err_set(err, HD_ELOCAL,
		    "has no erts-%s; build the release with its runtime "
		    "(rebar3: {mode, prod}; others: include_erts true)",
		    rel->erts);
	return 0;
}

static int
check_libs(struct hd_scan *s, const struct hd_release *rel, struct hd_err *err)
{
	for (size_t i = 0; i < rel->libs.n; i++) {
		const struct hd_pair *lib = &rel->libs.v[i];
		const char *folder = hd_arena_fmt(
		    &s->arena, "lib/%s-%s/", lib->name, lib->value);

		if (!has_folder(s, folder))
			return hd_err_set(err, HD_ELOCAL,
			    "has no %s, which %s names; build the release "
			    "again",
			    folder, rel->path);
	}
	return 0;
}

/* A host boots the version in start_erl.data, whatever else the release has. */
static int
check_start_data(
    struct hd_scan *s, const struct hd_release *rel, struct hd_err *err)
{
	const char *path = "releases/start_erl.data", *erts, *version;
	const struct hd_text *t = hd_text_get(&s->texts, path);

	if (t == NULL)
		return hd_err_set(err, HD_ELOCAL,
		    "has no %s, so it cannot boot; build the release again",
		    path);
	if (hd_start_data_parse(t, &s->arena, &erts, &version, err) < 0)
		return -1;
	if (strcmp(version, rel->version) != 0)
		return hd_err_set(err, HD_ELOCAL,
		    "contains version %s, not %s; build %s, or ask for %s",
		    version, rel->version, rel->version, version);
	if (strcmp(erts, rel->erts) != 0)
		return hd_err_set(err, HD_ELOCAL,
		    "%s names erts %s, but %s names %s; build the release "
		    "again",
		    path, erts, rel->path, rel->erts);
	return 0;
}

/* Whether path exists and is executable. */
static bool
runs(const struct hd_scan *s, const char *path)
{
	size_t i = hd_scan_bound(s, path);

	return hd_scan_has(s, path) && (s->items.v[i].entry.link != NULL ||
					   s->items.v[i].entry.mode == 0755);
}

static unsigned
find_lacks(struct hd_scan *s, const struct hd_release *rel)
{
	struct hd_arena *arena = &s->arena;
	const struct {
		enum hd_lack lack;
		const char *path;
	} programs[] = {
		{ HD_LACK_ERL_CALL,
		    hd_arena_fmt(arena, "erts-%s/bin/erl_call", rel->erts) },
		{ HD_LACK_SCRIPT, hd_arena_fmt(arena, "bin/%s", rel->name) },
		{ HD_LACK_OWN_SCRIPT,
		    hd_arena_fmt(arena, "bin/%s-%s", rel->name, rel->version) },
	};
	unsigned lacks = rel->sasl ? 0 : HD_LACK_SASL;

	if (!hd_scan_has(s,
		hd_arena_fmt(arena, "releases/%s/preboot.boot", rel->version)))
		lacks |= HD_LACK_CASTLE;
	for (size_t i = 0; i < HD_COUNT(programs); i++)
		if (!runs(s, programs[i].path))
			lacks |= programs[i].lack;
	return lacks;
}

static int
read_release(struct hd_artifact *a, struct hd_scan *s, const char *app,
    const char *version, struct hd_err *err)
{
	const struct hd_text *relup;
	struct hd_release rel = { 0 };

	if (hd_release_find(&rel, &s->arena, &s->texts, app, version, err) <
		0 ||
	    check_start_data(s, &rel, err) < 0 ||
	    check_boot(s, &rel, err) < 0 || check_libs(s, &rel, err) < 0)
		return -1;
	a->name = hd_arena_strdup(&a->arena, rel.name);
	a->version = hd_arena_strdup(&a->arena, rel.version);
	a->erts = hd_arena_strdup(&a->arena, rel.erts);
	a->lacks = find_lacks(s, &rel);
	hd_parts_read(a, s, &rel);
	relup = hd_text_get(&s->texts,
	    hd_arena_fmt(&s->arena, "releases/%s/relup", rel.version));
	if (relup == NULL)
		return 0;
	return hd_relup_parse(&a->relup, &a->arena, relup, a->version, err);
}

static void
take_entries(struct hd_artifact *a, const struct hd_scan *s)
{
	a->entries.n = a->entries.cap = s->items.n;
	a->entries.v =
	    hd_arena_alloc(&a->arena, s->items.n * sizeof(*a->entries.v));
	for (size_t i = 0; i < s->items.n; i++) {
		struct hd_entry *e = &a->entries.v[i];

		*e = s->items.v[i].entry;
		e->path = hd_arena_strdup(&a->arena, e->path);
		if (e->link != NULL)
			e->link = hd_arena_strdup(&a->arena, e->link);
		a->unpacked += e->size;
	}
}

static int
read_tarball(struct hd_artifact *a, struct hd_scan *s, uint64_t max, int copy,
    struct hd_err *err)
{
	return (a->plain ? hd_scan_plain : hd_scan_tarball)(
	    s, a->fd, max, copy, err);
}

/* The new file takes the place of the tarball. */
static void
take_file(struct hd_artifact *a, int *fd)
{
	hd_closep(&a->fd);
	a->fd = hd_steal_fd(fd);
}

/* Scans the tarball. If it is not in chunks, or other users could write to
 * entries, it is packed again: usually while it is scanned, but a tarball that
 * only seems to be in chunks is scanned a second time. */
static int
scan(struct hd_artifact *a, struct hd_scan *s, uint64_t max, struct hd_err *err)
{
	HD_AUTO_FD fd = -1;

	if (!a->as_is && !hd_chunks_seem(a->fd) &&
	    hd_fs_temp(&fd, "", 0, err) < 0)
		return -1;
	if (read_tarball(a, s, max, fd, err) < 0)
		return -1;
	if (fd >= 0)
		take_file(a, &fd);
	if (a->as_is || (!s->writable && s->chunks.n > 0))
		return 0;
	if (hd_fs_temp(&fd, "", 0, err) < 0 ||
	    hd_repack(fd, a->fd, NULL, err) < 0)
		return -1;
	take_file(a, &fd);
	hd_scan_done(s);
	return read_tarball(a, s, max, -1, err);
}

/* driver = app: the version and the name come from outside. */
static int
take_names(struct hd_artifact *a, struct hd_scan *s, const char *app,
    const char *version, struct hd_err *err)
{
	if (s->items.n == 0)
		return hd_err_set(err, HD_ELOCAL, "contains no files");
	if (!hd_version_valid(version))
		return hd_err_set(err, HD_ELOCAL,
		    "\"%s\" is not a version: use letters, digits and . _ + "
		    "~ -, a letter or digit first",
		    version);
	a->name = hd_arena_strdup(&a->arena, app);
	a->version = hd_arena_strdup(&a->arena, version);
	return 0;
}

/* If the chunks of the tarball were not found, all of it is one chunk. */
static int
take_chunks(struct hd_artifact *a, const struct hd_scan *s, struct hd_err *err)
{
	if (a->as_is)
		return 0;
	for (size_t i = 0; i < s->chunks.n; i++)
		*HD_PUSH(&a->arena, &a->chunks) = s->chunks.v[i];
	if (s->chunks.n == 0)
		*HD_PUSH(&a->arena, &a->chunks) =
		    (struct hd_chunk){ .offset = HD_CHUNK_ENDS,
			    .length = s->size - (uint64_t)2 * HD_CHUNK_ENDS };
	return hd_chunks_digest(&a->chunks, a->fd, err);
}

static int
inspect(struct hd_artifact *a, struct hd_scan *s, const char *app,
    const char *version, uint64_t max, struct hd_err *err)
{
	if (scan(a, s, max, err) < 0 || sort_and_unite(s, err) < 0 ||
	    check_folders(s, err) < 0 ||
	    (a->plain ? take_names : read_release)(a, s, app, version, err) < 0)
		return -1;
	take_entries(a, s);
	hd_identify(a, s);
	a->size = s->size;
	memcpy(a->sha256, s->sha256, sizeof(a->sha256));
	return take_chunks(a, s, err);
}

int
hd_inspect(struct hd_artifact *a, const char *app, const char *version,
    uint64_t max_unpacked, struct hd_err *err)
{
	struct hd_scan s = { 0 };
	int status = inspect(a, &s, app, version, max_unpacked, err);

	hd_scan_done(&s);
	return status;
}
