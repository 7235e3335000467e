#ifndef HD_GZIP_H
#define HD_GZIP_H

#include <stddef.h>

/* Compresses a text. Returns a gzip file (RFC 1952) of *len
 * bytes, which the caller frees. */
char *hd_gzip(const char *text, size_t n, size_t *len);

#endif
