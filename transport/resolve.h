#ifndef HD_RESOLVE_H
#define HD_RESOLVE_H

#include "core/base/clock.h"
#include "core/base/err.h"

struct addrinfo;

/*
 * The addresses of a name (or of an address as text) and a port; the caller
 * frees them with freeaddrinfo(). Blocks at most until then: HD_ECONNECT if
 * there are none, HD_ETIMEOUT or, at that stage, HD_ECANCELED.
 */
int hd_resolve(struct addrinfo **out, const char *address, unsigned port,
    const struct hd_until *until, struct hd_err *err) HD_CHECK;

#endif
