#ifndef HD_PARTIAL_H
#define HD_PARTIAL_H

#include "core/rollout/site.h"

/* After an upgrade that failed on some hosts and was done on others: says which
 * command rolls back the latter alone. */
void hd_partial_tell(const struct hd_run *run, const struct hd_site *sites);

#endif
