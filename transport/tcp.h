#ifndef HD_TCP_H
#define HD_TCP_H

#include "core/base/cancel.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A non-blocking, close-on-exec TCP connection to a name, an IPv4 or an IPv6
 * address; all addresses of a name are tried. The caller closes *fd. Blocks
 * until end (hd_clock_ms() terms) at most. HD_ECONNECT, HD_ETIMEOUT or, at
 * that stage, HD_ECANCELED.
 */
int hd_tcp_connect(int *fd, const char *address, unsigned port, int64_t end,
    enum hd_cancel stage, struct hd_err *err) HD_CHECK;

#endif
