#ifndef HD_SITES_H
#define HD_SITES_H

#include "core/rollout/site.h"

/* Work on all hosts of a run at once; sites has run->nhosts elements. */

/* The caller frees them with hd_sites_free(). */
struct hd_site *hd_sites_new(const struct hd_run *run);
void hd_sites_free(const struct hd_run *run, struct hd_site *sites);

/* Calls fn for each site, at most run->parallel at once; then the site rests
 * (park.h). Blocks. */
typedef void hd_site_fn(struct hd_site *s);
void hd_sites_each(
    const struct hd_run *run, struct hd_site *sites, hd_site_fn *fn);

/* Connects to a host for the first time in this run. False if it could not be
 * reached: then it has ended. */
bool hd_sites_reach_one(struct hd_site *s);
/* Reads the facts of a host into s->before, for planning. A host that cannot be
 * queried has ended and keeps its older facts. */
void hd_sites_look_at(struct hd_site *s);
/* The same for all hosts that have not ended. Blocks. */
void hd_sites_look(const struct hd_run *run, struct hd_site *sites);

/* Writes the replies of the hosts to run->save, and reports it. */
enum hd_status hd_sites_save(
    const struct hd_run *run, const struct hd_site *sites);

/* Emits HD_EV_SUMMARY. plain: the run did not ask for the running versions.
 * Returns the most serious of status and the statuses of the sites; if they are
 * all good, but hosts were set aside, HD_STATUS_UNREACHABLE. */
enum hd_status hd_sites_summarize(const struct hd_run *run,
    const struct hd_site *sites, enum hd_status status, bool plain);
/* The same for a run that asked for them; includes whether it was
 * interrupted. */
enum hd_status hd_sites_conclude(const struct hd_run *run,
    const struct hd_site *sites, enum hd_status status);

#endif
