#ifndef HD_KNOWN_HOSTS_FILE_H
#define HD_KNOWN_HOSTS_FILE_H

#include "transport/known_hosts/known_hosts_line.h"

#include "core/base/err.h"

/*
 * A known_hosts file: read once, then shared, because nothing changes it.
 *
 * The time to find a host: for plain names it depends only on the length of
 * the name. Each line with a pattern is tried. Each line with a hashed name
 * costs an HMAC-SHA1 for every look-up, since each has its own salt: 0.25 us,
 * so 25 ms for 100,000 lines.
 */
struct hd_known_file;

/* A missing file is an empty one. HD_ELOCAL if it cannot be read, is not a
 * regular file (a FIFO would block) or has more than 64 MiB. */
int hd_known_file_read(
    struct hd_known_file **out, const char *path, struct hd_err *err) HD_CHECK;
/* The same for a text; copies both. */
struct hd_known_file *hd_known_file_of(
    const char *path, const char *text, size_t len);
void hd_known_file_free(struct hd_known_file *f); /* NULL: does nothing */

const char *hd_known_file_path(const struct hd_known_file *f);

typedef void hd_known_line_fn(
    void *ctx, const struct hd_known_line *line, unsigned number);
/* Calls fn for every line whose names cover name, which is in lower case; in
 * the order of the file. */
void hd_known_file_find(const struct hd_known_file *f, const char *name,
    hd_known_line_fn *fn, void *ctx);
/* Calls fn for every line with a key. */
void hd_known_file_each(
    const struct hd_known_file *f, hd_known_line_fn *fn, void *ctx);

#endif
