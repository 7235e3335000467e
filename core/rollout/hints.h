#ifndef HD_HINTS_H
#define HD_HINTS_H

#include "core/rollout/site.h"

/* Which command helps after a run in which hosts failed: for all of them at
 * once. */

/* After a run that stopped before it changed anything: if that was only because
 * some of its hosts could not be reached, says which command goes on without
 * them. */
void hd_hint_unreached(const struct hd_run *run, const struct hd_site *sites);

/* After an upgrade that failed on some hosts and was done on others: says which
 * command rolls back the latter alone. */
void hd_hint_rollback(const struct hd_run *run, const struct hd_site *sites);

#endif
