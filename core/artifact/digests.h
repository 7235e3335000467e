#ifndef HD_DIGESTS_H
#define HD_DIGESTS_H

#include "core/artifact/content.h"
#include "core/artifact/parts.h"

/*
 * Computes the digests of a release's files, and reads its programs, on a
 * thread of its own while the caller unpacks the next files. If no thread can
 * be started, the caller's does it.
 */
struct hd_digests;

struct hd_digests *hd_digests_new(void);
/* Takes c over. Blocks while too many bytes wait. path: of the file, borrowed;
 * item: a number of the caller's. */
void hd_digests_add(
    struct hd_digests *d, struct hd_content *c, const char *path, size_t item);

/* elf is NULL if the file is not an ELF file; it is valid until the function
 * returns. */
typedef void hd_digests_fn(void *ctx, const char *path, size_t item,
    const struct hd_sums *sums, const struct hd_elf *elf);
/* Waits for all digests, calls take for each in the order of the files, and
 * frees d. take NULL: only frees. */
void hd_digests_end(struct hd_digests *d, hd_digests_fn *take, void *ctx);

#endif
