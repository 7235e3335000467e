#ifndef HD_PACK_H
#define HD_PACK_H

#include "core/artifact/tree.h"

/*
 * Writes the tree, whose files lie on this disk, to fd as a .tar.gz. The
 * bytes depend on nothing but paths, contents, link targets and whether a
 * file may be run: not on times, owners, file order or umask. HD_ELOCAL,
 * naming the file; HD_ECANCELED.
 */
int hd_pack(int fd, const struct hd_tree *tree, struct hd_err *err) HD_CHECK;

#endif
