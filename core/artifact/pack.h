#ifndef HD_PACK_H
#define HD_PACK_H

#include "core/artifact/tree.h"

/*
 * Writes the tree's files to fd as a .tar.gz. The bytes depend only on paths,
 * contents, link targets and whether a file is executable, not on times,
 * owners, file order or umask. HD_ELOCAL, naming the file; HD_ECANCELED.
 */
int hd_pack(int fd, const struct hd_tree *tree, struct hd_err *err) HD_CHECK;

/*
 * Copies a tarball that hd_scan_tarball() has accepted, from the file from to
 * the file fd. In the copy other users have no permission to write. added: a
 * text, which the copy has in place of every entry of that path, or without a
 * text a path that the copy lacks; NULL: none. The same rules hold for its
 * bytes and for errors.
 */
int hd_repack(
    int fd, int from, const struct hd_leaf *added, struct hd_err *err) HD_CHECK;

#endif
