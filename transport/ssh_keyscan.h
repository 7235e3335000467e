#ifndef HD_SSH_KEYSCAN_H
#define HD_SSH_KEYSCAN_H

#include "core/base/str.h"
#include "transport/ssh_session.h"
#include "transport/tcp.h"

/* Asks the server on s->fd for a host key of one of these algorithms: a
 * ssh_start_fn. The key exchange stops at the server's answer, so it proves
 * nothing. 0 also if the server has no such key. */
int ssh_keyscan(struct hd_ssh *s, const char *host_keys, enum hd_again *again,
    struct hd_err *err) HD_CHECK;
/* Appends the key that ssh_keyscan() received, if any. */
void ssh_keyscan_take(const struct hd_ssh *s, struct hd_str *out);

#endif
