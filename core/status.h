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

/* The result of one host; docs/events.md explains the names. */
enum hd_result {
	HD_RES_OK,          /* done and verified */
	HD_RES_UNCHANGED,   /* nothing to do */
	HD_RES_PLANNED,     /* --dry-run, or another host stopped the run */
	HD_RES_REFUSED,     /* the plan cannot work */
	HD_RES_LOCKED,      /* another run holds the lock */
	HD_RES_UNREACHABLE, /* not reached, authenticated or verified */
	HD_RES_ASIDE,       /* the same, or locked; the run goes on */
	HD_RES_SKIPPED,     /* not begun: an earlier host failed, or Ctrl-C */
	HD_RES_UNDONE,      /* failed and undone: back in its previous state */
	HD_RES_FAILED,      /* failed before anything was changed */
	HD_RES_LEFT,        /* interrupted in the middle of a step */
	HD_RES_BROKEN,      /* failed and not undone: a person is needed */
	HD_RESULTS,
};

/* The cause of a result, as far as the exit status depends on it. */
enum hd_cause {
	HD_CAUSE_NONE,
	HD_CAUSE_FAILURE,
	HD_CAUSE_HERE, /* a failure of this machine */
	HD_CAUSE_INTERRUPTION,
	HD_CAUSES,
};

/* One row for each result. */
struct hd_result_row {
	const char *name;
	bool good, bad; /* bad: somebody must read the reason */
	const char
	    *hook; /* the word for hooks; NULL: that of the exit status */
	enum hd_status status[HD_CAUSES];
};
extern const struct hd_result_row hd_results[];

/* The exit status for a result of one host. cause: code of the error that led
 * to it; HD_OK: no error. */
enum hd_status hd_status_after(enum hd_result result, enum hd_code cause);

/* The more serious of two, in the order 6, 1, 130, 3, 5, 4, others, 0. */
enum hd_status hd_status_worse(enum hd_status a, enum hd_status b);

/* The exit status for an error that ends a run before any host is changed. */
enum hd_status hd_status_of(enum hd_code code);

#endif
