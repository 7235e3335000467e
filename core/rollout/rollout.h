#ifndef HD_ROLLOUT_H
#define HD_ROLLOUT_H

#include "core/rollout/run.h"
#include "core/status.h"

/* What commands do with the hosts of a run. All functions block and emit events
 * while they work. */

/*
 * Connects to every host, takes their locks if the goal changes hosts (not with
 * dry_run), reads facts and plans. Sets hosts aside if run->aside is set
 * (aside.h). Unless a host refuses or dry_run is set,
 * applies the plans, in waves if they replace running code. A host that fails
 * is taken back to its previous version. The last event is HD_EV_SUMMARY.
 * Returns when every host is at rest.
 */
enum hd_status hd_rollout(const struct hd_run *run);

/* A version that runs on a host of the run. */
struct hd_running_version {
	const char *version;
	const char *identity; /* struct hd_artifact, as the hosts that run it
				recorded it; NULL: none did */
	const char *differ;   /* two of these hosts recorded different ones:
				"web1 and web2"; NULL: all agree */
	const char *tarball;  /* on this machine; NULL: not fetched */
	const char *why;      /* it could not be fetched; NULL: it was not
				wanted, or the hosts differ */
};
struct hd_running_versions { /* sorted by version, each once */
	struct hd_running_version *v;
	size_t n, cap;
};

/*
 * Only asks every host which version it runs, and reports it. Sets running to
 * these versions, in arena. If run->into is set, fetches the kept tarball of
 * each into that folder, from the first host that has it with that identity,
 * except that of run->goal.version. If a host cannot be queried, or set aside,
 * the run failed and ends with HD_EV_SUMMARY; otherwise there is no summary.
 */
enum hd_status hd_rollout_running(const struct hd_run *run,
    struct hd_arena *arena, struct hd_running_versions *running);

/* Asks every host for its newest count changes and emits them, oldest first,
 * host by host. The last event is HD_EV_SUMMARY. */
enum hd_status hd_history(const struct hd_run *run, unsigned count);

/* Asks every host for the newest lines of its service's log and emits them,
 * host by host. follow: as they come, and then the lines that are added, until
 * hd_cancel_requested(). The last event is HD_EV_SUMMARY. */
enum hd_status hd_logs(const struct hd_run *run, unsigned lines, bool follow);

/*
 * Asks every host for its facts, again every every_ms ms, until
 * hd_cancel_requested(), which is the usual end. Emits HD_EV_CHANGE and
 * HD_EV_PASS for each pass. Connections stay open between the passes. A host
 * that cannot be reached is tried again without delaying the others; after a
 * failed login only every 5 minutes. The last event is HD_EV_SUMMARY; its
 * status and its reports are those of the last complete pass, or
 * HD_STATUS_INTERRUPTED.
 */
enum hd_status hd_watch(const struct hd_run *run, unsigned every_ms);

/*
 * The `unlock` command: reports the runs that have locked the hosts, and takes
 * their locks away: at once if a run shows no sign of being alive, else after a
 * yes from run->ask. Returns HD_STATUS_OK, also if no host is locked, or
 * HD_STATUS_LOCKED if a lock stays.
 */
enum hd_status hd_unlock(const struct hd_run *run);

#endif
