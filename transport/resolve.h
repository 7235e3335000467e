#ifndef HD_RESOLVE_H
#define HD_RESOLVE_H

#include "transport/tcp.h"

struct addrinfo;

/*
 * The addresses of a host name or a numeric address, of to->family, with the
 * port. The caller frees *out with freeaddrinfo(). Blocks until the deadline at
 * most. HD_ECONNECT if the name has no address, HD_ETIMEOUT at the deadline,
 * HD_ECANCELED at until->stage; sets *again.
 */
int hd_resolve(struct addrinfo **out, const struct hd_tcp *to,
    const struct hd_until *until, enum hd_again *again,
    struct hd_err *err) HD_CHECK;
/* A numeric address to connect from. HD_ELOCAL if it is none. */
int hd_resolve_numeric(
    struct addrinfo **out, const char *address, struct hd_err *err) HD_CHECK;

#endif
