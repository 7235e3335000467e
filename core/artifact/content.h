#ifndef HD_CONTENT_H
#define HD_CONTENT_H

#include "core/base/digest.h"

#include <stddef.h>

/*
 * The bytes of one file of a release, as they come: their digest, and the
 * digest that counts for the identity of the version. Only beams, small
 * texts and the programs of the runtime are held in memory, at most 8 MiB, of a
 * program 32; larger ones count as they are.
 */
struct hd_content;

struct hd_content *hd_content_new(const char *path);
void hd_content_free(struct hd_content *c);
void hd_content_add(struct hd_content *c, const void *p, size_t n);
/* The whole text, if path is one that hd_text_wanted() wants, else NULL. */
const char *hd_content_text(const struct hd_content *c, size_t *n);
/* The whole program, if path is one of the Erlang runtime's and is not larger
 * than 32 MiB, else NULL. */
const void *hd_content_program(const struct hd_content *c, size_t *n);
/* Once, at the end. */
void hd_content_sums(struct hd_content *c, char sha256[static HD_SHA256_HEX],
    char identity[static HD_SHA256_HEX]);

#endif
