#ifndef HD_NEAR_H
#define HD_NEAR_H

#include "core/base/str.h"

/*
 * Where a release was meant and none is, appends what would help: the name of
 * a folder that is one, near there or where build tools put it, preferably
 * called app (may be NULL); else the command that makes one, by what kind of
 * project the current folder is.
 */
void hd_near_release(const char *release, const char *app, struct hd_str *out);

#endif
