#ifndef HD_RESOLVE_H
#define HD_RESOLVE_H

#include "core/base/clock.h"
#include "core/base/err.h"

struct addrinfo;

/*
 * The addresses of a host name or a numeric address, with the port. The caller
 * frees *out with freeaddrinfo(). Blocks until the deadline at most.
 * HD_ECONNECT if the name has no address, HD_ETIMEOUT at the deadline,
 * HD_ECANCELED at until->stage.
 */
int hd_resolve(struct addrinfo **out, const char *address, unsigned port,
    const struct hd_until *until, struct hd_err *err) HD_CHECK;

#endif
