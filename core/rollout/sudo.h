#ifndef HD_SUDO_H
#define HD_SUDO_H

#include "core/rollout/site.h"

/* After a script did not run on the host: if sudo itself said why, err says
 * what to change there. Of other words err stays as it is. */
void hd_sudo_explain(const struct hd_site *s, struct hd_err *err);

#endif
