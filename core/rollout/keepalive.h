#ifndef HD_KEEPALIVE_H
#define HD_KEEPALIVE_H

#include "core/rollout/site.h"

/*
 * Signs of life for the hosts that a run has locked while it has nothing to do
 * on them: during a soak, a hook on this machine, or another host's turn. A
 * site whose connection is in use is left alone: who works on it gives its
 * signs (hd_site_connect()), an operation or an upload is one by itself. A
 * connection that broke is opened again, since the host would soon give the
 * lock to others.
 */
struct hd_keepalive;

/* From now on, in a thread of its own, for all run->nhosts sites; NULL if there
 * is none to be had: the run then does without. */
struct hd_keepalive *hd_keepalive_begin(
    const struct hd_run *run, struct hd_site *sites);
/* Ends it, soon also where a host is silent if hd_cancel_requested(). NULL is
 * fine. */
void hd_keepalive_end(struct hd_keepalive *p);

#endif
