#ifndef HD_RECONNECT_H
#define HD_RECONNECT_H

#include "core/rollout/site.h"

/*
 * A connection that breaks says nothing about the host: what was under way on
 * it is asked for again on a new one.
 *
 *	struct hd_reconnect again = { 0 };
 *
 *	while (ask(s, err) < 0) {
 *		if (!hd_reconnect(&again, s, err))
 *			return -1;
 *	}
 */
struct hd_reconnect {
	int64_t least;         /* not given up before that, hd_clock_ms() */
	const char *meanwhile; /* what the host does; NULL: nothing */
	bool optional;         /* not worth it after an interruption */

	int64_t until; /* 0: nothing was lost so far */
	unsigned nap;
};

/* Whether err means that a connection takes no more than to be closed. */
bool hd_connection_lost(const struct hd_err *err);

/*
 * After a failed call: drops a connection that takes no more, and returns true
 * if it was only that and is worth another try, after a while. It is for three
 * connect_timeouts, which is how long a server may be silent; and, of a host
 * whose change has not begun or that is optional, until an interruption:
 * HD_ECANCELED then. Says once that the connection was lost.
 */
bool hd_reconnect(
    struct hd_reconnect *r, struct hd_site *s, struct hd_err *err);

#endif
