#ifndef HD_TCP_H
#define HD_TCP_H

#include "core/base/clock.h"
#include "core/base/err.h"

/*
 * A non-blocking, close-on-exec TCP connection to a host name or a numeric
 * address. Tries all addresses of a name. The caller closes *fd. Blocks until
 * the deadline at most. HD_ECONNECT if no address accepts the connection,
 * HD_ETIMEOUT at the deadline, HD_ECANCELED at until->stage.
 */
int hd_tcp_connect(int *fd, const char *address, unsigned port,
    const struct hd_until *until, struct hd_err *err) HD_CHECK;

#endif
