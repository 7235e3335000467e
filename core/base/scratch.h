#ifndef HD_SCRATCH_H
#define HD_SCRATCH_H

#include "core/base/err.h"

enum { HD_SCRATCH_PATH = 64 };

/* Makes an empty folder below /tmp that only this user can enter, and sets path
 * to it. HD_ELOCAL. The caller removes it. */
int hd_scratch_make(
    char path[static HD_SCRATCH_PATH], struct hd_err *err) HD_CHECK;

/* Removes the folder with all its contents, as far as possible. Follows no
 * link. "": does nothing. */
void hd_scratch_remove(const char *path);

#endif
