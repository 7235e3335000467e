#include "core/artifact/walk.h"

#include "core/artifact/names.h"
#include "core/base/cancel.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 64 };

int
hd_walk_names(struct hd_strs *out, struct hd_arena *arena, const char *root,
    const char *folder, struct hd_err *err)
{
	DIR *d = opendir(hd_arena_fmt(arena, "%s/%s", root, folder));
	struct dirent *e;

	if (d == NULL && errno == ENOENT)
		return 0;
	if (d == NULL)
		return hd_err_set(
		    err, HD_ELOCAL, "%s: %s", folder, strerror(errno));
	while ((errno = 0, e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			*HD_PUSH(arena, out) =
			    hd_arena_strdup(arena, e->d_name);
	if (errno != 0)
		hd_err_set(err, HD_ELOCAL, "%s: %s", folder, strerror(errno));
	else
		err = NULL;
	closedir(d);
	return err != NULL ? -1 : 0;
}

static int
fail(struct hd_err *err, const char *path, const char *what)
{
	char shown[HD_SHOWN_MAX];

	return hd_err_set(
	    err, HD_ELOCAL, "%s: %s", hd_shown(shown, path), what);
}

struct walking {
	struct hd_tree *tree;
	const struct hd_walk *walk;
	struct hd_err *err;
	unsigned depth;
};

static int add_path(struct walking *s, const char *path);

static int
add_file(struct walking *s, const char *path, const char *disk,
    const struct stat *st)
{
	if (hd_tally_add(&s->tree->tally, (uint64_t)st->st_size, s->err) < 0)
		return -1;
	*HD_PUSH(&s->tree->arena, &s->tree->leaves) = (struct hd_leaf){
		.path = path,
		.disk = disk,
		.mode = (st->st_mode & 0100) != 0 ? 0755 : 0644,
		.size = (uint64_t)st->st_size,
	};
	return 0;
}

/*
 * Packs a link as it is. If it reaches a file of the release through "..",
 * which Erlang's unpacker refuses, packs the file itself.
 */
static int
add_link(struct walking *s, const char *path, const char *disk)
{
	struct hd_arena *arena = &s->tree->arena;
	char target[PATH_MAX], shown[HD_SHOWN_MAX];
	ssize_t n = readlink(disk, target, sizeof(target) - 1);
	const char *problem;
	struct stat st;

	if (n < 0)
		return fail(s->err, path, strerror(errno));
	target[n] = '\0';
	problem = s->walk->plain ? hd_plain_link_problem(path, target)
				 : hd_link_problem(target);
	if (stat(disk, &st) < 0 && !(s->walk->plain && target[0] == '/'))
		problem = "which does not exist; build the release again";
	else if (problem != NULL && !s->walk->plain && S_ISREG(st.st_mode) &&
		 hd_link_inside(path, target))
		return add_file(s, path, disk, &st);
	if (problem != NULL)
		return hd_err_set(s->err, HD_ELOCAL,
		    "%s: symbolic link to %s, %s", path,
		    hd_shown(shown, target), problem);
	if (hd_tally_add(&s->tree->tally, 0, s->err) < 0)
		return -1;
	*HD_PUSH(arena, &s->tree->leaves) = (struct hd_leaf){
		.path = path,
		.link = hd_arena_strdup(arena, target),
		.mode = 0644,
	};
	return 0;
}

static int
add_folder(struct walking *s, const char *path)
{
	struct hd_arena *arena = &s->tree->arena;
	struct hd_strs names = { 0 };
	int status;

	if (++s->depth > DEPTH_MAX)
		return fail(s->err, path, "folders nested too deeply");
	if (hd_tally_add(&s->tree->tally, 0, s->err) < 0)
		return -1;
	status = hd_walk_names(&names, arena, s->walk->root, path, s->err);
	if (status == 0 && names.n == 0)
		*HD_PUSH(arena, &s->tree->leaves) = (struct hd_leaf){
			.path = path, .folder = true, .mode = 0755
		};
	for (size_t i = 0; status == 0 && i < names.n; i++)
		status =
		    add_path(s, hd_arena_fmt(arena, "%s/%s", path, names.v[i]));
	s->depth--;
	return status;
}

static int
add_path(struct walking *s, const char *path)
{
	const char *disk =
	    hd_arena_fmt(&s->tree->arena, "%s/%s", s->walk->root, path);
	const char *problem = s->walk->plain ? hd_plain_entry_problem(path)
					     : hd_entry_problem(path);
	struct stat st;

	if (hd_cancel_requested())
		return hd_err_set(s->err, HD_ECANCELED, "interrupted");
	if (s->walk->skip != NULL && s->walk->skip(s->walk->ctx, path))
		return 0;
	if (problem != NULL)
		return fail(s->err, path, problem);
	if (lstat(disk, &st) < 0)
		return fail(s->err, path, strerror(errno));
	if (S_ISREG(st.st_mode))
		return add_file(s, path, disk, &st);
	if (S_ISLNK(st.st_mode))
		return add_link(s, path, disk);
	if (S_ISDIR(st.st_mode))
		return add_folder(s, path);
	return fail(s->err, path, "is not a file, a folder or a symbolic link");
}

int
hd_walk_add(struct hd_tree *tree, const struct hd_walk *walk,
    const char *folder, struct hd_err *err)
{
	struct walking s = { .tree = tree, .walk = walk, .err = err };

	return add_path(&s, folder);
}
