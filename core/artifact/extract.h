#ifndef HD_EXTRACT_H
#define HD_EXTRACT_H

#include "core/artifact/artifact.h"

#include <stdbool.h>

/* Whether to extract this file; path is in the release. */
typedef bool hd_extract_fn(void *ctx, const char *path, uint64_t size);

/*
 * Writes the files of a release that wanted accepts (NULL: all) below folder,
 * mode 0600, with the folders that they need. Leaves out symbolic links and
 * empty folders. hd_artifact_open() has checked paths and sizes, so nothing is
 * written outside of folder, which must be the caller's own (base/scratch.h).
 * HD_ELOCAL, naming the file; HD_ECANCELED.
 */
int hd_extract(const struct hd_artifact *a, const char *folder,
    hd_extract_fn *wanted, void *ctx, struct hd_err *err) HD_CHECK;

#endif
