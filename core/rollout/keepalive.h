#ifndef HD_KEEPALIVE_H
#define HD_KEEPALIVE_H

#include "core/rollout/site.h"

/*
 * Keepalives for the hosts that a run has locked while it does nothing on them:
 * during a soak, a hook on this machine, or the turn of another host. It skips
 * a site in use: the thread that uses it (hd_site_use()) sends its keepalives
 * itself, in hd_site_connect(), and an operation or an upload counts as one. A
 * lost connection is opened again, because the host would soon free the lock.
 */
struct hd_keepalive;

/* Starts a thread that sends keepalives for all run->nhosts sites. Returns NULL
 * if no thread can be created; the run then works without keepalives. */
struct hd_keepalive *hd_keepalive_begin(
    const struct hd_run *run, struct hd_site *sites);
/* Ends the thread and frees p. Returns soon even if a host is silent, if
 * hd_cancel_requested(). p can be NULL. */
void hd_keepalive_end(struct hd_keepalive *p);

#endif
