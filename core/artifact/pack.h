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

/*
 * Writes the tarball from, which hd_scan_tarball() found to be good, to fd
 * once more, without rights of others to write. What it depends on, and
 * errors, as above.
 */
int hd_repack(int fd, int from, struct hd_err *err) HD_CHECK;

#endif
