#ifndef HD_SUDO_H
#define HD_SUDO_H

#include "core/base/err.h"
#include "core/inventory/inventory.h"

/* who: "user@machine" that runs hdeploy. After a script did not run on the
 * host: if sudo itself said why, err says what to change there. Of other words
 * err stays as it is. */
void hd_sudo_explain(
    const struct hd_host *host, const char *who, struct hd_err *err);

#endif
