#ifndef HD_INSPECT_H
#define HD_INSPECT_H

#include "core/artifact/artifact.h"

/*
 * Fills in everything of *a but fd, from the tarball that a->fd is; fd becomes
 * another file if that has to be packed anew. Errors as hd_artifact_open(),
 * without the tarball's name.
 */
int hd_inspect(struct hd_artifact *a, const char *app, const char *version,
    uint64_t max_unpacked, struct hd_err *err) HD_CHECK;

#endif
