#ifndef HD_SUDO_H
#define HD_SUDO_H

#include "core/base/err.h"
#include "core/inventory/inventory.h"

/* After a script could not run on the host: if sudo gave a known reason, sets
 * err to HD_EAUTH with the change to make there. Otherwise err stays. user: who
 * logged in; NULL: the user in who, the "user@machine" that runs hdeploy. */
void hd_sudo_explain(const struct hd_host *host, const char *user,
    const char *who, struct hd_err *err);

#endif
