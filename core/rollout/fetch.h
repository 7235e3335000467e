#ifndef HD_FETCH_H
#define HD_FETCH_H

#include "core/rollout/site.h"

/*
 * Downloads the kept tarball of version (hd_plan_kept()) into folder on this
 * machine, which is made if missing. *path is its path, in arena. Blocks.
 * HD_EREMOTE if it is not the one that was pushed; HD_ELOCAL; errors of the
 * connection. Leaves no partial file.
 */
int hd_fetch(struct hd_site *s, const char *version, const char *folder,
    struct hd_arena *arena, const char **path, struct hd_err *err) HD_CHECK;

#endif
