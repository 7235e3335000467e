#ifndef HD_PARTIAL_H
#define HD_PARTIAL_H

#include "core/rollout/site.h"

/* After an upgrade that some hosts have and others do not, because one failed:
 * says which command takes it back where it was done, and only there. */
void hd_partial_tell(const struct hd_run *run, const struct hd_site *sites);

#endif
