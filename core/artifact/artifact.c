#include "core/artifact/artifact.h"

#include "core/artifact/inspect.h"
#include "core/artifact/near.h"
#include "core/artifact/pack.h"
#include "core/artifact/rel.h"
#include "core/artifact/tree.h"
#include "core/base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
take_left_out(struct hd_artifact *a, const struct hd_strs *names)
{
	for (size_t i = 0; i < names->n; i++)
		*HD_PUSH(&a->arena, &a->left_out) =
		    hd_arena_strdup(&a->arena, names->v[i]);
}

/* tree: of a folder or a single file that was read with this status. */
static int
pack_tree(
    struct hd_artifact *a, struct hd_tree *tree, int status, struct hd_err *err)
{
	if (status == 0)
		status = hd_fs_temp(&a->fd, "", 0, err);
	if (status == 0)
		status = hd_pack(a->fd, tree, err);
	take_left_out(a, &tree->left_out);
	hd_tree_done(tree);
	return status;
}

static int
pack_folder(struct hd_artifact *a, const char *folder, const char *app,
    const char *version, uint64_t max, struct hd_err *err)
{
	struct hd_tree tree;

	return pack_tree(a, &tree,
	    a->plain ? hd_tree_plain(&tree, folder, max, err)
		     : hd_tree_read(&tree, folder, app, version, max, err),
	    err);
}

static int
pack_file(struct hd_artifact *a, const char *path, const struct stat *st,
    const char *app, uint64_t max, struct hd_err *err)
{
	struct hd_tree tree;

	return pack_tree(
	    a, &tree, hd_tree_file(&tree, path, st, app, max, err), err);
}

static bool
is_gzip(int fd)
{
	unsigned char magic[2];

	return pread(fd, magic, sizeof(magic), 0) == (ssize_t)sizeof(magic) &&
	       magic[0] == 0x1f && magic[1] == 0x8b;
}

static int
open_release(struct hd_artifact *a, const char *release, const char *app,
    const char *version, uint64_t max, struct hd_err *err)
{
	struct stat st;

	if (stat(release, &st) < 0)
		return hd_err_set(err, HD_ELOCAL, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return pack_folder(a, release, app, version, max, err);
	if (!S_ISREG(st.st_mode))
		return hd_err_set(
		    err, HD_ELOCAL, "is neither a folder nor a .tar.gz file");
	a->fd = open(release, O_RDONLY | O_CLOEXEC);
	if (a->fd < 0)
		return hd_err_set(err, HD_ELOCAL, "%s", strerror(errno));
	if (!a->plain || is_gzip(a->fd))
		return 0;
	hd_closep(&a->fd);
	return pack_file(a, release, &st, app, max, err);
}

static void
add_advice(const char *release, const char *app, struct hd_err *err)
{
	HD_AUTO_STR advice = HD_STR_INIT(2048);
	const struct hd_err why = *err;

	hd_near_release(release, app, &advice);
	(void)hd_err_set(err, why.code, "%s; %s", why.msg, advice.ptr);
}

/* kind: a release that is to be opened. */
static int
open_kind(struct hd_artifact **out, const struct hd_artifact *kind,
    const char *release, const char *app, const char *version,
    uint64_t max_unpacked, struct hd_err *err)
{
	struct hd_artifact *a = hd_alloc(sizeof(*a));

	*a = *kind;
	a->fd = -1;
	if (open_release(a, release, app, version, max_unpacked, err) < 0 ||
	    hd_inspect(a, app, version, max_unpacked, err) < 0 ||
	    lseek(a->fd, 0, SEEK_SET) < 0) {
		hd_artifact_free(a);
		if (!kind->plain &&
		    (access(release, F_OK) < 0 ||
			strstr(err->msg, HD_NO_RELEASE) != NULL))
			add_advice(release, app, err);
		return hd_err_prefix(err, "%s", release);
	}
	*out = a;
	return 0;
}

static int
repack(struct hd_artifact *b, const struct hd_artifact *a,
    const struct hd_leaf *relup, uint64_t max, struct hd_err *err)
{
	if (hd_fs_temp(&b->fd, "", 0, err) < 0 ||
	    hd_repack(b->fd, a->fd, relup, err) < 0 ||
	    hd_inspect(b, a->name, a->version, max, err) < 0)
		return -1;
	if (lseek(b->fd, 0, SEEK_SET) < 0)
		return hd_err_set(err, HD_ELOCAL, "%s", strerror(errno));
	take_left_out(b, &a->left_out);
	return 0;
}

int
hd_artifact_set_relup(struct hd_artifact **a, const char *term,
    uint64_t max_unpacked, struct hd_err *err)
{
	struct hd_artifact *b = hd_alloc(sizeof(*b));
	const char *text =
	    term == NULL ? NULL
			 : hd_arena_fmt(&b->arena, "%s%%%% coding: utf-8\n%s",
			       HD_OWN_RELUP, term);
	const struct hd_leaf relup = {
		.path =
		    hd_arena_fmt(&b->arena, "releases/%s/relup", (*a)->version),
		.text = text,
		.mode = 0644,
		.size = text != NULL ? strlen(text) : 0,
	};

	b->fd = -1;
	if (repack(b, *a, &relup, max_unpacked, err) < 0) {
		hd_artifact_free(b);
		return -1;
	}
	hd_artifact_free(*a);
	*a = b;
	return 0;
}

int
hd_artifact_open(struct hd_artifact **out, const char *release, const char *app,
    const char *version, uint64_t max_unpacked, struct hd_err *err)
{
	return open_kind(out, &(struct hd_artifact){ 0 }, release, app, version,
	    max_unpacked, err);
}

int
hd_artifact_open_as_is(struct hd_artifact **out, const char *release,
    const char *app, const char *version, uint64_t max_unpacked,
    struct hd_err *err)
{
	return open_kind(out, &(struct hd_artifact){ .as_is = true }, release,
	    app, version, max_unpacked, err);
}

int
hd_artifact_open_plain(struct hd_artifact **out, const char *release,
    const char *app, const char *version, uint64_t max_unpacked,
    struct hd_err *err)
{
	return open_kind(out, &(struct hd_artifact){ .plain = true }, release,
	    app, version, max_unpacked, err);
}

void
hd_artifact_free(struct hd_artifact *a)
{
	if (a == NULL)
		return;
	hd_closep(&a->fd);
	hd_arena_done(&a->arena);
	free(a);
}

void
hd_artifact_manifest(const struct hd_artifact *a, struct hd_str *out)
{
	for (size_t i = 0; i < a->entries.n; i++) {
		const struct hd_entry *e = &a->entries.v[i];

		if (e->link == NULL)
			hd_str_addf(out, "%s  %s\n", e->sha256, e->path);
	}
}
