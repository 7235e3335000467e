#ifndef HD_APPUP_H
#define HD_APPUP_H

#include "core/base/alloc.h"
#include "core/base/err.h"

/* *out: the whole path of the folder with the project's own appups, in a; it
 * may be missing. Programs of Erlang run in another folder. HD_ELOCAL. */
int hd_appup_folder(
    const char **out, struct hd_arena *a, struct hd_err *err) HD_CHECK;

#endif
