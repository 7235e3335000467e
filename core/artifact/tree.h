#ifndef HD_TREE_H
#define HD_TREE_H

#include "core/artifact/tally.h"
#include "core/base/alloc.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * What of a folder with a built release belongs to one version of it:
 * releases/<version>, the lib/<app>-<version> that its .rel names, its
 * erts-<version>, bin/, releases/start_erl.data and RELEASES as this version
 * needs them, and the files and empty folders of overlays. Other versions and
 * tarballs stay behind, and so do, listed as left, files that a release which
 * ran in this folder has written.
 */

struct hd_leaf {
	const char *path; /* in the release */
	const char *disk; /* where its bytes are; NULL: text */
	const char *text;
	const char *link; /* target of a symbolic link, or NULL */
	bool folder;      /* an empty one */
	unsigned mode;    /* 0755 or 0644 */
	uint64_t size;
};
struct hd_tree {
	struct hd_arena arena;
	struct {
		struct hd_leaf *v;
		size_t n, cap;
	} leaves;            /* sorted by path, bytewise */
	struct hd_strs left; /* at the top: "log", "erl_crash.dump" */
	struct hd_tally tally;
};

/*
 * app NULL: whatever name it has; version NULL: what start_erl.data says;
 * max: bytes of all files together. HD_ELOCAL, naming the file, if the folder
 * does not hold such a release or holds what cannot be packed. The caller
 * calls hd_tree_done() in any case.
 */
int hd_tree_read(struct hd_tree *out, const char *folder, const char *app,
    const char *version, uint64_t max, struct hd_err *err) HD_CHECK;
void hd_tree_done(struct hd_tree *t);

#endif
