#ifndef HD_CONTENT_H
#define HD_CONTENT_H

#include "core/base/digest.h"

#include <stddef.h>

/*
 * Takes one file of a release in pieces. It keeps only beams and small texts
 * (up to 8 MiB) and programs (up to 32 MiB) in memory; other files and larger
 * ones are digested as they come.
 */
struct hd_content;

struct hd_content *hd_content_new(const char *path); /* borrowed */
void hd_content_free(struct hd_content *c);
void hd_content_add(struct hd_content *c, const void *p, size_t n);
/* The bytes that are kept in memory. */
size_t hd_content_kept(const struct hd_content *c);
/* The whole text, or NULL if it is too large or hd_text_kept() is false. */
const char *hd_content_text(const struct hd_content *c, size_t *n);
/* The whole ELF file, or NULL if it is too large, not one, or neither in
 * erts-<version>/bin nor in lib/<lib>/priv. */
const void *hd_content_program(const struct hd_content *c, size_t *n);

struct hd_sums {
	char sha256[HD_SHA256_HEX];
	/* part of the version's identity; "": the file is not part of it */
	char identity[HD_SHA256_HEX];
	char code[HD_SHA256_HEX]; /* of a module: beam.h; "": not one */
};
/* Call it once, after the last piece. */
void hd_content_sums(struct hd_content *c, struct hd_sums *out);

#endif
