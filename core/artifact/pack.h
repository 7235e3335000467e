#ifndef HD_PACK_H
#define HD_PACK_H

#include "core/artifact/chunk.h"
#include "core/artifact/tree.h"

/*
 * Writes the tree's files to fd as a .tar.gz. The bytes depend only on paths,
 * contents, link targets and whether a file is executable, not on times,
 * owners, file order or umask. HD_ELOCAL, naming the file; HD_ECANCELED.
 */
int hd_pack(int fd, const struct hd_tree *tree, struct hd_err *err) HD_CHECK;

/*
 * Copies entries of a tarball while they are read, by the rules of hd_repack().
 * Borrows fd and err, which an error of any function sets.
 */
struct hd_packing;
struct archive_entry;
int hd_packing_new(
    struct hd_packing **out, int fd, struct hd_err *err) HD_CHECK;
void hd_packing_free(struct hd_packing *p); /* NULL is fine */
/* Add an entry, and then its bytes in pieces. */
int hd_packing_entry(struct hd_packing *p, struct archive_entry *e) HD_CHECK;
int hd_packing_bytes(struct hd_packing *p, const char *path, const void *bytes,
    size_t n) HD_CHECK;
int hd_packing_end(struct hd_packing *p) HD_CHECK;
/* After the end: the chunks without digests, valid until hd_packing_free(). */
const struct hd_chunks *hd_packing_chunks(const struct hd_packing *p);

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
