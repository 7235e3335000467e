#ifndef HD_STATUS_H
#define HD_STATUS_H

#include "core/base/err.h"

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

/* The more serious of two, in the order 6, 1, 130, 3, 5, 4, others, 0. */
enum hd_status hd_status_worse(enum hd_status a, enum hd_status b);

/* What an error means when it ends a run before any host was changed. */
enum hd_status hd_status_of(enum hd_code code);

#endif
