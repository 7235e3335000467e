#ifndef HD_TREE_H
#define HD_TREE_H

#include "core/artifact/tally.h"
#include "core/base/alloc.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The files of one version in a folder with a built release:
 * releases/<version>, the lib/<app>-<version> that its .rel names, its
 * erts-<version>, bin/, releases/start_erl.data and RELEASES as this version
 * needs them, and the files and empty folders of overlays. Excluded are other
 * versions, tarballs, and files that a release wrote while it ran in this
 * folder; left_out lists these.
 */

struct hd_leaf {
	const char *path; /* in the release */
	const char *disk; /* path of its bytes; NULL: text */
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
	} leaves;                /* sorted by path, bytewise */
	struct hd_strs left_out; /* not packed, at the top: "log" */
	struct hd_tally tally;
	bool plain; /* driver = app: names can be longer than ustar takes */
};

/*
 * app NULL: any name; version NULL: the one in start_erl.data; max: the limit
 * for the bytes of all files. HD_ELOCAL, naming the file, if the folder has no
 * such release or a file that cannot be packed. The caller calls hd_tree_done()
 * in any case.
 */
int hd_tree_read(struct hd_tree *out, const char *folder, const char *app,
    const char *version, uint64_t max, struct hd_err *err) HD_CHECK;
/* tree_plain.c, driver = app: everything in folder, or the file at path (st:
 * its stat) alone under the name app. Likewise. */
struct stat;
int hd_tree_plain(struct hd_tree *out, const char *folder, uint64_t max,
    struct hd_err *err) HD_CHECK;
int hd_tree_file(struct hd_tree *out, const char *path, const struct stat *st,
    const char *app, uint64_t max, struct hd_err *err) HD_CHECK;
void hd_tree_done(struct hd_tree *t);

#endif
