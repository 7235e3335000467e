#ifndef HD_EXAMINE_H
#define HD_EXAMINE_H

#include "core/inventory/inventory.h"
#include "core/plan/facts.h"

/* What `status` says of a host at rest: true if it runs a release and would
 * boot the same one; why may then say how that is known. Else why says in one
 * line what is not as it should be, and the command that leads out of it where
 * there is one. */
bool hd_examine(
    const struct hd_host *host, const struct hd_facts *f, struct hd_str *why);

#endif
