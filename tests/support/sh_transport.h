#ifndef HD_SH_TRANSPORT_H
#define HD_SH_TRANSPORT_H

#include "transport/transport.h"

/*
 * A host for tests: this machine. Its sh is a link to "dash", "bash" or
 * "busybox" in /bin, and gets the script on stdin. Only exec works.
 */
int hd_sh_open(
    struct hd_transport **out, const char *shell, struct hd_err *err) HD_CHECK;

/* From now on its scripts find a sleep that takes a tenth of the seconds. */
void hd_sh_hurry(struct hd_transport *host);

#endif
