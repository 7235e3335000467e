#ifndef HD_UNREACHED_H
#define HD_UNREACHED_H

#include "core/rollout/site.h"

/* After a run that stopped before it changed anything: if that was only because
 * some of its hosts could not be reached, says which command goes on without
 * them. */
void hd_unreached_tell(const struct hd_run *run, const struct hd_site *sites);

#endif
