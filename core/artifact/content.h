#ifndef HD_CONTENT_H
#define HD_CONTENT_H

#include "core/base/digest.h"

#include <stddef.h>

/*
 * Takes one file of a release in pieces and computes two digests: SHA-256, and
 * the one that is part of the version's identity. It keeps only beams and small
 * texts (up to 8 MiB) and programs (up to 32 MiB) in memory; for a larger file
 * both digests are the same.
 */
struct hd_content;

struct hd_content *hd_content_new(const char *path);
void hd_content_free(struct hd_content *c);
void hd_content_add(struct hd_content *c, const void *p, size_t n);
/* The whole text, or NULL if it is too large or hd_text_kept() is false. */
const char *hd_content_text(const struct hd_content *c, size_t *n);
/* The whole ELF file, or NULL if it is too large, not one, or neither in
 * erts-<version>/bin nor in lib/<lib>/priv. */
const void *hd_content_program(const struct hd_content *c, size_t *n);
/* Call it once, after the last piece. identity "": the file is not part of the
 * version's identity. */
void hd_content_sums(struct hd_content *c, char sha256[static HD_SHA256_HEX],
    char identity[static HD_SHA256_HEX]);

/* The digest of a module's code (beam.h); "" for other files and for a module
 * that is damaged or too large. */
void hd_content_code(
    const struct hd_content *c, char code[static HD_SHA256_HEX]);

#endif
