#include "core/artifact/tree.h"

#include "core/artifact/rel.h"
#include "core/artifact/walk.h"
#include "core/base/fs.h"
#include "core/base/name.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TEXT_MAX = 8 * 1024 * 1024 };

struct reading {
	struct hd_tree *tree;
	struct hd_walk walk;
	struct hd_texts texts;
	struct hd_release rel;
	struct hd_err *err;
};

static bool
is_folder(struct reading *p, const char *path)
{
	struct stat st;

	return lstat(hd_arena_fmt(&p->tree->arena, "%s/%s", p->walk.root, path),
		   &st) == 0 &&
	       S_ISDIR(st.st_mode);
}

static int
read_text(struct reading *p, const char *path)
{
	struct hd_arena *arena = &p->tree->arena;
	const char *disk = hd_arena_fmt(arena, "%s/%s", p->walk.root, path);
	HD_AUTO_STR text = HD_STR_INIT(TEXT_MAX);
	struct stat st;

	/* opening a pipe would block */
	if (stat(disk, &st) == 0 && !S_ISREG(st.st_mode))
		return hd_err_set(p->err, HD_ELOCAL, "%s: not a file", path);
	if (hd_fs_read(disk, &text, p->err) < 0)
		return -1;
	*HD_PUSH(arena, &p->texts) = (struct hd_text){ path,
		hd_arena_strndup(arena, text.ptr, text.len), text.len };
	return 0;
}

/* Reads the texts of one folder that hd_release_find() needs. */
static int
read_texts(struct reading *p, const char *folder)
{
	struct hd_arena *arena = &p->tree->arena;
	struct hd_strs names = { 0 };

	if (hd_walk_names(&names, arena, p->walk.root, folder, p->err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		const char *path =
		    hd_arena_fmt(arena, "%s/%s", folder, names.v[i]);

		if (hd_text_wanted(path) && read_text(p, path) < 0)
			return -1;
	}
	return 0;
}

static int
find_release(struct reading *p, const char *app, const char *version)
{
	struct hd_arena *arena = &p->tree->arena;
	const struct hd_text *start;
	const char *erts;

	if (read_texts(p, "releases") < 0)
		return -1;
	start = hd_text_get(&p->texts, "releases/start_erl.data");
	if (version == NULL && start != NULL &&
	    hd_start_data_parse(start, arena, &erts, &version, p->err) < 0)
		return -1;
	if (version != NULL && hd_version_valid(version) &&
	    read_texts(p, hd_arena_fmt(arena, "releases/%s", version)) < 0)
		return -1;
	return hd_release_find(&p->rel, arena, &p->texts, app, version, p->err);
}

static bool
ends(const char *text, const char *tail)
{
	size_t n = strlen(text), m = strlen(tail);

	return n >= m && strcmp(text + n - m, tail) == 0;
}

/* Build tools put their tarballs into releases/<version>. */
static bool
is_tarball(void *ctx, const char *path)
{
	(void)ctx;
	return ends(path, ".tar.gz") || ends(path, ".tgz");
}

/* Whether path is bin/<name>-<version> of another version in the folder. */
static bool
is_of_other_version(void *ctx, const char *path)
{
	struct reading *p = ctx;
	size_t n = strlen(p->rel.name);

	if (strncmp(path, "bin/", 4) != 0 ||
	    strncmp(path + 4, p->rel.name, n) != 0 || path[4 + n] != '-' ||
	    strcmp(path + 4 + n + 1, p->rel.version) == 0)
		return false;
	return is_folder(
	    p, hd_arena_fmt(&p->tree->arena, "releases/%s", path + 4 + n + 1));
}

/* Adds a whole folder. Refuses a link, because its target is seldom part of the
 * release. */
static int
add_folder(struct reading *p, const char *path, const char *advice)
{
	if (!is_folder(p, path))
		return hd_err_set(p->err, HD_ELOCAL,
		    "has no folder %s of its own; %s", path, advice);
	return hd_walk_add(p->tree, &p->walk, path, p->err);
}

static int
add_folders(struct reading *p)
{
	static const char advice[] =
	    "build a complete release (rebar3: {mode, prod}; others: "
	    "include_erts true)";
	struct hd_arena *arena = &p->tree->arena;
	const struct hd_release *rel = &p->rel;

	for (size_t i = 0; i < rel->libs.n; i++)
		if (add_folder(p,
			hd_arena_fmt(arena, "lib/%s-%s", rel->libs.v[i].name,
			    rel->libs.v[i].value),
			advice) < 0)
			return -1;
	if (add_folder(p, hd_arena_fmt(arena, "erts-%s", rel->erts), advice) <
	    0)
		return -1;
	p->walk.skip = is_of_other_version;
	if (add_folder(p, "bin", advice) < 0)
		return -1;
	p->walk.skip = is_tarball;
	return add_folder(p, hd_arena_fmt(arena, "releases/%s", rel->version),
	    "build the release again");
}

static bool
is_one_of(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Names at the top that are not overlays: other functions pack them, if any. */
static bool
is_own(const char *name)
{
	static const char *const own[] = { "lib", "bin", "releases" };

	return is_one_of(own, HD_COUNT(own), name) ||
	       strncmp(name, "erts-", strlen("erts-")) == 0 ||
	       is_tarball(NULL, name);
}

/* Names at the top that a release writes while it runs, but never the build. */
static bool
is_written(const char *name)
{
	static const char *const written[] = { "log", "tmp", "var",
		"erl_crash.dump" };

	return name[0] == '.' || is_one_of(written, HD_COUNT(written), name) ||
	       strncmp(name, "Mnesia.", strlen("Mnesia.")) == 0;
}

/* Overlays can be any files and folders. */
static int
add_overlays(struct reading *p)
{
	struct hd_arena *arena = &p->tree->arena;
	struct hd_strs names = { 0 };

	if (hd_walk_names(&names, arena, p->walk.root, ".", p->err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.v[i];

		if (is_own(name))
			continue;
		if (is_written(name))
			*HD_PUSH(arena, &p->tree->left_out) = name;
		else if (hd_walk_add(p->tree, &p->walk, name, p->err) < 0)
			return -1;
	}
	return 0;
}

static struct hd_leaf *
leaf_of(struct hd_tree *t, const char *path)
{
	for (size_t i = 0; i < t->leaves.n; i++)
		if (strcmp(t->leaves.v[i].path, path) == 0)
			return &t->leaves.v[i];
	return NULL;
}

static void
add_text(struct reading *p, const char *path, const char *text)
{
	*HD_PUSH(&p->tree->arena, &p->tree->leaves) = (struct hd_leaf){
		.path = path,
		.text = text,
		.mode = 0644,
		.size = strlen(text),
	};
}

/*
 * releases/RELEASES as release_handler:create_RELEASES/4 would write it for
 * this version alone. The folder's own describes the version built last.
 */
static const char *
releases_text(struct reading *p)
{
	struct hd_arena *arena = &p->tree->arena;
	const struct hd_release *rel = &p->rel;
	HD_AUTO_STR s = HD_STR_INIT(TEXT_MAX);

	hd_str_addf(&s, "%%%% coding: utf-8\n[{release,\"%s\",\"%s\",\"%s\",[",
	    rel->name, rel->version, rel->erts);
	for (size_t i = 0; i < rel->libs.n; i++) {
		const struct hd_pair *lib = &rel->libs.v[i];

		hd_str_addf(&s, "%s\n  {%s,\"%s\",\"./lib/%s-%s\"}",
		    i > 0 ? "," : "", lib->name, lib->value, lib->name,
		    lib->value);
	}
	hd_str_add(&s, "],permanent}].\n");
	return hd_arena_strdup(arena, s.ptr);
}

static bool
has_lib(const struct hd_release *rel, const char *name)
{
	for (size_t i = 0; i < rel->libs.n; i++)
		if (strcmp(rel->libs.v[i].name, name) == 0)
			return true;
	return false;
}

/* Adds the files of releases/ that describe one version, made for this one. */
static void
add_release_texts(struct reading *p)
{
	struct hd_arena *arena = &p->tree->arena;
	const struct hd_release *rel = &p->rel;
	const char *path =
	    hd_arena_fmt(arena, "releases/%s/%s.rel", rel->version, rel->name);

	add_text(p, "releases/start_erl.data",
	    hd_arena_fmt(arena, "%s %s", rel->erts, rel->version));
	/* Only sasl's release_handler reads RELEASES. Without sasl it would
	 * mislead tools that keep their own list. */
	if (has_lib(rel, "sasl"))
		add_text(p, "releases/RELEASES", releases_text(p));
	/* release_handler needs the .rel at this path to unpack. */
	if (leaf_of(p->tree, path) == NULL)
		add_text(p, path, hd_text_get(&p->texts, rel->path)->text);
}

/* bin/<name> in the folder belongs to the version built last. */
static void
choose_script(struct reading *p)
{
	struct hd_arena *arena = &p->tree->arena;
	const struct hd_release *rel = &p->rel;
	struct hd_leaf *script =
	    leaf_of(p->tree, hd_arena_fmt(arena, "bin/%s", rel->name));
	const struct hd_leaf *own = leaf_of(
	    p->tree, hd_arena_fmt(arena, "bin/%s-%s", rel->name, rel->version));

	if (script != NULL && own != NULL) {
		const char *path = script->path;

		*script = *own;
		script->path = path;
	}
}

/* Files at the top of releases/ that describe the version built last. */
static bool
is_made(const char *path)
{
	return is_tarball(NULL, path) || ends(path, ".rel") ||
	       strcmp(path, "releases/RELEASES") == 0 ||
	       strcmp(path, "releases/start_erl.data") == 0;
}

/* Such as COOKIE, which bin/<name> of mix release needs to start. */
static int
add_release_files(struct reading *p)
{
	struct hd_arena *arena = &p->tree->arena;
	struct hd_strs names = { 0 };

	if (hd_walk_names(&names, arena, p->walk.root, "releases", p->err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		const char *path =
		    hd_arena_fmt(arena, "releases/%s", names.v[i]);

		if (!is_folder(p, path) && !is_made(path) &&
		    hd_walk_add(p->tree, &p->walk, path, p->err) < 0)
			return -1;
	}
	return 0;
}

static int
by_path(const void *a, const void *b)
{
	const struct hd_leaf *x = a, *y = b;

	return strcmp(x->path, y->path);
}

int
hd_tree_read(struct hd_tree *out, const char *folder, const char *app,
    const char *version, uint64_t max, struct hd_err *err)
{
	struct reading p = { .tree = out, .err = err };

	*out = (struct hd_tree){ .tally = { .max = max } };
	p.walk = (struct hd_walk){ .root = folder, .ctx = &p };
	if (find_release(&p, app, version) < 0 || add_folders(&p) < 0 ||
	    add_release_files(&p) < 0 || add_overlays(&p) < 0)
		return -1;
	choose_script(&p);
	add_release_texts(&p);
	qsort(out->leaves.v, out->leaves.n, sizeof(*out->leaves.v), by_path);
	return 0;
}

void
hd_tree_done(struct hd_tree *t)
{
	hd_arena_done(&t->arena);
}
