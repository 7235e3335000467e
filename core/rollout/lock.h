#ifndef HD_LOCK_H
#define HD_LOCK_H

#include "core/rollout/sites.h"

/*
 * One run at a time on each release root (core/remote/lease.sh). The lock lasts
 * while the connection is open and keepalives arrive (keepalive.h), and while
 * an operation runs on the host. The lock of a killed run frees itself some
 * seconds later; other runs wait for that.
 */

/*
 * Takes the locks of all sites of the run that have none yet, and connects to
 * them if needed. (A root that did not exist earlier could not be locked then.)
 * Takes all at once. If another run has one of them, gives back those that it
 * took, waits for that one alone, and starts again, so that two runs never wait
 * for each other. Waits, and says so, up to run->wait_ms for other runs, and
 * for an operation whose run is gone until that operation ends. look: also
 * reads the facts of each site under its lock, as hd_sites_look_at() does,
 * while others are being locked. Sets aside the hosts that it cannot lock, if
 * the run may (aside.h). Returns false if one lock was not obtained: that site
 * has ended. Blocks.
 */
bool hd_lock_all(const struct hd_run *run, struct hd_site *sites, bool look);

#endif
