#ifndef HD_TEST_TARBALL_H
#define HD_TEST_TARBALL_H

#include "core/base/str.h"

/* Tarballs byte by byte, including ones that no packer would make. */

#define TARBALL_INIT HD_STR_INIT(64 * 1024 * 1024)

/* tarball_add() with these permissions. */
void tarball_add_mode(struct hd_str *tar, unsigned mode, char type,
    const char *name, const char *link, const char *text);
/* The same for contents with NULs. */
void tarball_add_bytes(struct hd_str *tar, unsigned mode, char type,
    const char *name, const char *link, const void *p, size_t n);
/* type: as in ustar: '0' file, '1' hard link, '2' link, '5' folder ... */
void tarball_add(struct hd_str *tar, char type, const char *name,
    const char *link, const char *text);
/* The entries of a release with one application of the same name. */
void tarball_release(struct hd_str *tar, const char *app, const char *version);
void tarball_end(struct hd_str *tar);
/* Compresses the tarball into gz. */
void tarball_gzip(const struct hd_str *tar, struct hd_str *gz);
/* Ends the tarball, compresses it and writes it to folder/name. */
void tarball_write(struct hd_str *tar, const char *folder, const char *name);

#endif
