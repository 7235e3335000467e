#ifndef HD_STATUS_H
#define HD_STATUS_H

#include "core/base/err.h"

#include <stdbool.h>

/* The exit statuses that README.md promises. */
enum hd_status {
	HD_STATUS_OK = 0,     /* done and verified, or nothing to do, or a plan
			       that works */
	HD_STATUS_FAILED = 1, /* failed; every host is on a known version */
	HD_STATUS_USAGE = 2,  /* bad command line or deploy.ini */
	HD_STATUS_UNREACHABLE = 3, /* not reached or verified; no change */
	HD_STATUS_REFUSED = 4,     /* the plan cannot work; no change */
	HD_STATUS_LOCKED = 5,      /* another run; no change */
	HD_STATUS_BROKEN = 6,      /* failed, not undone: a person is needed */
	HD_STATUS_LOCAL = 7,       /* failed on this machine; no change */
	HD_STATUS_INTERRUPTED = 130,
};

/* What became of one host, in words that docs/events.md explains. */
enum hd_result {
	HD_RES_OK,          /* done and verified */
	HD_RES_UNCHANGED,   /* nothing to do */
	HD_RES_PLANNED,     /* --dry-run, or another host stopped the run */
	HD_RES_REFUSED,     /* the plan cannot work */
	HD_RES_LOCKED,      /* another run has it */
	HD_RES_UNREACHABLE, /* not reached, authenticated or verified */
	HD_RES_SKIPPED,     /* not begun: an earlier host failed, or Ctrl-C */
	HD_RES_UNDONE,      /* failed; runs and boots what it did before */
	HD_RES_FAILED,      /* failed before anything was changed */
	HD_RES_LEFT,        /* stopped at once in the middle of a step */
	HD_RES_BROKEN,      /* failed and not undone: a person is needed */
	HD_RESULTS,
};

/* What led to a result, as far as the exit status depends on it. */
enum hd_cause {
	HD_CAUSE_NONE,
	HD_CAUSE_FAILURE,
	HD_CAUSE_HERE, /* a failure of this machine */
	HD_CAUSE_INTERRUPTION,
	HD_CAUSES,
};

/* All that is known of a result: one row each. */
struct hd_result_row {
	const char *name;
	bool good, bad;     /* bad: a person should read why */
	bool told_to_hooks; /* in this word, not only as ok or failed */
	enum hd_status status[HD_CAUSES];
};
extern const struct hd_result_row hd_results[HD_RESULTS];

/* What a result of one host means for the run. cause: of the error that led to
 * it; HD_OK: there was none. */
enum hd_status hd_status_after(enum hd_result result, enum hd_code cause);

/* The more serious of two, in the order 6, 1, 130, 3, 5, 4, others, 0. */
enum hd_status hd_status_worse(enum hd_status a, enum hd_status b);

/* What an error means when it ends a run before any host was changed. */
enum hd_status hd_status_of(enum hd_code code);

#endif
