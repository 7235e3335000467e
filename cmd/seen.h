#ifndef HD_SEEN_H
#define HD_SEEN_H

#include "core/base/alloc.h"

/*
 * The versions that the hosts of an environment had when they were last asked,
 * for completions only: nothing else may rely on them. They are kept in
 * $XDG_CACHE_HOME/hdeploy/versions (~/.cache/hdeploy/versions), mode 0600, for
 * the last 64 environments. The digest of the current folder, the file and the
 * environment is the key, so that two projects never share an entry. Errors are
 * ignored: without a cache there are no versions.
 */

/* Keeps the valid names among versions, at most 32. None: does nothing. */
void hd_seen_keep(
    const char *file, const char *env, const struct hd_strs *versions);
/* Appends the kept versions, allocated in a. */
void hd_seen_read(
    struct hd_strs *out, const char *file, const char *env, struct hd_arena *a);

#endif
