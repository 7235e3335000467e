#ifndef HD_SUDO_H
#define HD_SUDO_H

#include "core/base/err.h"
#include "core/inventory/inventory.h"

/* After a script could not run on the host: if sudo gave a known reason, sets
 * err to HD_EAUTH with the change to make on the host. Otherwise err stays.
 * user: the user that logged in; NULL: the user part of who, the "user@machine"
 * that runs hdeploy. */
void hd_sudo_explain(const struct hd_host *host, const char *user,
    const char *who, struct hd_err *err);

#endif
