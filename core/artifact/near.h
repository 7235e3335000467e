#ifndef HD_NEAR_H
#define HD_NEAR_H

#include "core/base/str.h"

/*
 * Appends advice for a path that is not a release: the name of a release folder
 * nearby or where build tools put it, preferably called app (may be NULL); else
 * the command that builds a release in the kind of project found here.
 */
void hd_near_release(const char *release, const char *app, struct hd_str *out);

#endif
