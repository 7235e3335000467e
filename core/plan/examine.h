#ifndef HD_EXAMINE_H
#define HD_EXAMINE_H

#include "core/inventory/inventory.h"
#include "core/plan/facts.h"

/* What `status` reports of a host. True if the host runs a release and would
 * boot the same version, and nothing drifted, or if a run that is connected
 * changes it; why can then name the source of that, that run, or a note.
 * Otherwise why describes the problem in one line, with the command that solves
 * it if there is one. */
bool hd_examine(const struct hd_app *app, const struct hd_host *host,
    const struct hd_facts *f, struct hd_str *why);

#endif
