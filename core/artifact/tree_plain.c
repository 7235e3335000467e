/* The files of a release that is not of OTP: driver = app. */
#include "core/artifact/tree.h"

#include "core/artifact/walk.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Names at the top of a project that never belong to a release, although the
 * folder may be the project itself. deploy.ini may contain secrets. */
static bool
is_left_out(const char *name)
{
	static const char *const names[] = { ".git", ".hg", ".svn",
		"deploy.ini" };

	for (size_t i = 0; i < HD_COUNT(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static int
by_path(const void *a, const void *b)
{
	const struct hd_leaf *x = a, *y = b;

	return strcmp(x->path, y->path);
}

int
hd_tree_plain(
    struct hd_tree *out, const char *folder, uint64_t max, struct hd_err *err)
{
	const struct hd_walk walk = { .root = folder, .plain = true };
	struct hd_strs names = { 0 };

	*out = (struct hd_tree){ .tally = { .max = max }, .plain = true };
	if (hd_walk_names(&names, &out->arena, folder, ".", err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		if (is_left_out(names.v[i]))
			*HD_PUSH(&out->arena, &out->left_out) = names.v[i];
		else if (hd_walk_add(out, &walk, names.v[i], err) < 0)
			return -1;
	}
	if (out->leaves.n > 0)
		qsort(out->leaves.v, out->leaves.n, sizeof(*out->leaves.v),
		    by_path);
	return 0;
}

int
hd_tree_file(struct hd_tree *out, const char *path, const struct stat *st,
    const char *app, uint64_t max, struct hd_err *err)
{
	*out = (struct hd_tree){ .tally = { .max = max } };
	if (hd_tally_add(&out->tally, (uint64_t)st->st_size, err) < 0)
		return -1;
	*HD_PUSH(&out->arena, &out->leaves) = (struct hd_leaf){
		.path = hd_arena_strdup(&out->arena, app),
		.disk = hd_arena_strdup(&out->arena, path),
		.mode = (st->st_mode & 0100) != 0 ? 0755 : 0644,
		.size = (uint64_t)st->st_size,
	};
	return 0;
}
