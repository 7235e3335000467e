#ifndef HD_WALK_H
#define HD_WALK_H

#include "core/artifact/tree.h"

#include <stdbool.h>

/* Whether to leave out this file or folder. path is in the release. */
typedef bool hd_walk_skip(void *ctx, const char *path);

struct hd_walk {
	const char *root;   /* on disk */
	hd_walk_skip *skip; /* NULL: skip nothing */
	void *ctx;
	bool plain; /* the rules of driver = app, see names.h */
};

/*
 * Adds every file below folder (a path in the release) to the tree, in no
 * particular order. HD_ELOCAL, naming the path, for devices, links that lead
 * out and folders that cannot be read; HD_ECANCELED.
 */
int hd_walk_add(struct hd_tree *tree, const struct hd_walk *walk,
    const char *folder, struct hd_err *err) HD_CHECK;

/* The names in folder, allocated in arena; none if folder does not exist. */
int hd_walk_names(struct hd_strs *out, struct hd_arena *arena, const char *root,
    const char *folder, struct hd_err *err) HD_CHECK;

#endif
