#ifndef HD_TCP_H
#define HD_TCP_H

#include "core/base/clock.h"
#include "core/base/err.h"

enum hd_family { HD_FAMILY_ANY, HD_FAMILY_INET, HD_FAMILY_INET6 };

/* Where to connect; all pointers are borrowed for the call. */
struct hd_tcp {
	const char *address; /* name, IPv4 or IPv6 (no brackets) */
	unsigned port;
	enum hd_family family;
	const char *bind; /* numeric address to connect from; NULL: any */
};

/* Whether another attempt can help. LATE: time ran out, so another attempt may
 * take as long again. BUSY: the server has too many connections. */
enum hd_again { HD_AGAIN_NO, HD_AGAIN_YES, HD_AGAIN_LATE, HD_AGAIN_BUSY };

/*
 * A non-blocking, close-on-exec TCP connection. Races all addresses of a name
 * (RFC 8305): the families in turn, a new address every 250 ms or as soon as
 * one fails. The caller closes *fd. Blocks until the deadline at most.
 * HD_ECONNECT if no address accepts the connection, HD_ETIMEOUT at the
 * deadline, HD_ECANCELED at until->stage; sets *again.
 */
int hd_tcp_connect(int *fd, const struct hd_tcp *to,
    const struct hd_until *until, enum hd_again *again,
    struct hd_err *err) HD_CHECK;

#endif
