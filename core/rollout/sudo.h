#ifndef HD_SUDO_H
#define HD_SUDO_H

#include "core/base/err.h"
#include "core/inventory/inventory.h"

/* After a script did not run on the host: if sudo itself said why, err is
 * HD_EAUTH and says what to change there; of other words it stays as it is.
 * who: "user@machine" that runs hdeploy. */
void hd_sudo_explain(
    const struct hd_host *host, const char *who, struct hd_err *err);

#endif
