#ifndef HD_INSPECT_H
#define HD_INSPECT_H

#include "core/artifact/artifact.h"

/*
 * Fills in *a from the tarball in a->fd, and replaces a->fd if the tarball must
 * be packed again. Errors as of hd_artifact_open(), without the tarball's name.
 */
int hd_inspect(struct hd_artifact *a, const char *app, const char *version,
    uint64_t max_unpacked, struct hd_err *err) HD_CHECK;

#endif
