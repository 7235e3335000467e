#ifndef HD_SRV_H
#define HD_SRV_H

#include "core/base/cancel.h"
#include "core/base/str.h"

/*
 * The hosts that SRV records (RFC 2782) name, from the name servers of this
 * machine. The answer is not trusted: it is parsed by libresolv and may only
 * contain host names and ports.
 */

/*
 * Appends a line TARGET:PORT for each record: by priority, the heavier first,
 * then by name and port, so that the order is always the same. The name is
 * complete: no search domain is added, because that depends on the network.
 * Blocks for at most 30 s, or until stage is reached. HD_ELOCAL if there are no
 * such records, no name server answers, or a target is not a host name;
 * HD_ECANCELED. Queries the name servers of this thread's _res.
 */
int hd_srv_ask(struct hd_str *out, const char *name, enum hd_cancel stage,
    struct hd_err *err) HD_CHECK;
/* The same from an answer of a name server. */
int hd_srv_read(struct hd_str *out, const char *name,
    const unsigned char *packet, size_t n, struct hd_err *err) HD_CHECK;

#endif
