#ifndef HD_HINTS_H
#define HD_HINTS_H

#include "core/rollout/site.h"

/* Advice after a run in which hosts failed: one command for all of them. */

/* After a run that stopped before it changed anything: if the only reason is
 * that some hosts could not be reached, reports the command that continues
 * without them. */
void hd_hint_unreached(const struct hd_run *run, const struct hd_site *sites);

/* After a run that set hosts aside and went on: reports the command that
 * changes them later. */
void hd_hint_aside(const struct hd_run *run, const struct hd_site *sites);

/* After an upgrade that succeeded on some hosts and failed on others: reports
 * the command that rolls back only the upgraded hosts. */
void hd_hint_rollback(const struct hd_run *run, const struct hd_site *sites);

#endif
