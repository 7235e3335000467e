#ifndef HD_NEAR_H
#define HD_NEAR_H

#include "core/base/str.h"

/*
 * Appends advice for a path that is not a release: the name of a folder that is
 * one, nearby or where build tools put it, preferably called app (may be NULL);
 * else the command that builds one in a project such as the current folder.
 */
void hd_near_release(const char *release, const char *app, struct hd_str *out);

#endif
