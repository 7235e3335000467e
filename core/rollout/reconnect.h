#ifndef HD_RECONNECT_H
#define HD_RECONNECT_H

#include "core/rollout/site.h"

/*
 * A lost connection says nothing about the host, so the caller repeats its
 * question on a new connection:
 *
 *	struct hd_reconnect again = { 0 };
 *
 *	while (ask(s, err) < 0) {
 *		if (!hd_reconnect(&again, s, err))
 *			return -1;
 *	}
 */
struct hd_reconnect {
	int64_t least;         /* try at least until then, hd_clock_ms() */
	const char *meanwhile; /* what the host does meanwhile; NULL: nothing */
	bool optional;         /* an interruption ends the tries */

	int64_t until; /* 0: no connection was lost so far */
	unsigned nap;
};

/* Whether err means that the connection can only be closed. */
bool hd_connection_lost(const struct hd_err *err);

/*
 * After a failed call: closes a connection that can no longer be used. Returns
 * true, after a pause, if the call failed only for that reason and another try
 * makes sense. Tries go on for three connect_timeouts. If the change of the
 * host has not begun, or the call is optional, an interruption ends them with
 * HD_ECANCELED. Reports the lost connection once. Blocks.
 */
bool hd_reconnect(
    struct hd_reconnect *r, struct hd_site *s, struct hd_err *err);

#endif
