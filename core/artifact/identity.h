#ifndef HD_IDENTITY_H
#define HD_IDENTITY_H

#include "core/artifact/scan.h"

/* Fills in a->identity and a->libs from the items of s, which must be sorted by
 * path and have no duplicates. */
void hd_identify(struct hd_artifact *a, const struct hd_scan *s);

#endif
