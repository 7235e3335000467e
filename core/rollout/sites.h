#ifndef HD_SITES_H
#define HD_SITES_H

#include "core/rollout/site.h"

/* What is done with all hosts of a run at once; sites are its nhosts. */

/* The caller frees them with hd_sites_free(). */
struct hd_site *hd_sites_new(const struct hd_run *run);
void hd_sites_free(const struct hd_run *run, struct hd_site *sites);

/* Does fn to each of them, at most run->parallel at once. */
typedef void hd_site_fn(struct hd_site *s);
void hd_sites_each(
    const struct hd_run *run, struct hd_site *sites, hd_site_fn *fn);

/* Connects to every host. */
void hd_sites_reach(const struct hd_run *run, struct hd_site *sites);

/* Asks every connected host for the facts that a plan is made of: before.
 * Whoever could not be asked has ended; what was known of it stays. */
void hd_sites_look(const struct hd_run *run, struct hd_site *sites);

/* Writes what they said to run->save, and says so. */
enum hd_status hd_sites_save(
    const struct hd_run *run, const struct hd_site *sites);

/* The end of a run: HD_EV_SUMMARY; plain: of a run that did not ask what they
 * run. Returns the most serious of status and theirs. */
enum hd_status hd_sites_summarize(const struct hd_run *run,
    const struct hd_site *sites, enum hd_status status, bool plain);
/* The same for one that did, and of whether the run was interrupted. */
enum hd_status hd_sites_conclude(const struct hd_run *run,
    const struct hd_site *sites, enum hd_status status);

#endif
