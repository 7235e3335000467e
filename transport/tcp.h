#ifndef HD_TCP_H
#define HD_TCP_H

#include "core/base/clock.h"
#include "core/base/err.h"

/*
 * A non-blocking, close-on-exec TCP connection to a name, an IPv4 or an IPv6
 * address; all addresses of a name are tried. The caller closes *fd. Blocks
 * at most until then. HD_ECONNECT, HD_ETIMEOUT or, at
 * that stage, HD_ECANCELED.
 */
int hd_tcp_connect(int *fd, const char *address, unsigned port,
    const struct hd_until *until, struct hd_err *err) HD_CHECK;

#endif
