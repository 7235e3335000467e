#ifndef HD_STORE_H
#define HD_STORE_H

#include "core/rollout/site.h"

/* Tarballs that hosts fetch from a store: artifact_url. */

/* The URLs that artifact_url_command printed in a run. Thread-safe. */
struct hd_store *hd_store_new(void);
void hd_store_free(struct hd_store *store);

/* Whether deploy.ini names a store for the host. */
bool hd_store_has(const struct hd_host *host);

/*
 * Has the host fetch the tarball of s->goal.artifact into tarball.part in the
 * record folder. The first host of a run with artifact_url_command runs this
 * command; the others wait for it. Blocks. Returns 0 if the whole tarball is
 * there; 1 if the store or the command failed, which it reports as a note: the
 * tarball must then go over SSH. -1 with err if something else failed.
 */
int hd_store_fetch(struct hd_site *s, struct hd_err *err) HD_CHECK;

#endif
