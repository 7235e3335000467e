#ifndef HD_ROLLOUT_EXAMINE_H
#define HD_ROLLOUT_EXAMINE_H

#include "core/rollout/site.h"

/* What `status` does with the facts of hosts, instead of planning. */

/* Sets the outcome of a host at rest from s->before. */
void hd_site_examine(struct hd_site *s);

/* Refuses two hosts of deploy.ini that are the same root: each would undo the
 * change of the other. Every root gets a random id with its first push. */
void hd_sites_refuse_duplicates(
    const struct hd_run *run, struct hd_site *sites);

#endif
