#ifndef HD_SH_TRANSPORT_H
#define HD_SH_TRANSPORT_H

#include "transport/transport.h"

/*
 * This machine as a host for tests. Its sh is a link to "dash", "bash", "mksh"
 * or "busybox" in /bin and reads the script from stdin. With busybox, the tools
 * are busybox's too; bash is in its POSIX mode. sh begins with copies of its
 * output at the descriptors 3 to 9. Only exec works.
 */
int hd_sh_open(
    struct hd_transport **out, const char *shell, struct hd_err *err) HD_CHECK;

/* From now on, sleep in its scripts runs these lines of a script instead. */
void hd_sh_sleep(struct hd_transport *host, const char *lines);
/* From now on, sleep in its scripts takes a tenth of the seconds. */
void hd_sh_hurry(struct hd_transport *host);

#endif
