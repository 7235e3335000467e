#ifndef HD_SITES_H
#define HD_SITES_H

#include "core/rollout/site.h"

/* What is done with all hosts of a run at once; sites are its nhosts. */

/* The caller frees them with hd_sites_free(). */
struct hd_site *hd_sites_new(const struct hd_run *run);
void hd_sites_free(const struct hd_run *run, struct hd_site *sites);

/* Connects to every host. */
void hd_sites_reach(const struct hd_run *run, struct hd_site *sites);

/* Asks every connected host for the facts that a plan is made of: before.
 * Whoever could not be asked has ended; what was known of it stays. */
void hd_sites_look(const struct hd_run *run, struct hd_site *sites);

/* The summary of all, and of whether the run was interrupted. */
enum hd_status hd_sites_conclude(
    const struct hd_run *run, const struct hd_site *sites);

#endif
