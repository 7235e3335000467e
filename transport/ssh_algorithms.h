#ifndef HD_SSH_ALGORITHMS_H
#define HD_SSH_ALGORITHMS_H

#include "transport/ssh_kexinit.h"

#include <libssh2.h>

/* Sets what this session offers; host_keys are the host key algorithms. */
int ssh_algorithms_set(LIBSSH2_SESSION *session, const char *host_keys,
    struct hd_err *err) HD_CHECK;

/* After a failed handshake: appends the list that has nothing in common with
 * the server's offer. False, and appends nothing, if there is no such list. */
bool ssh_algorithms_explain(LIBSSH2_SESSION *session, const char *host_keys,
    const struct ssh_kexinit *server, struct hd_str *out);

#endif
