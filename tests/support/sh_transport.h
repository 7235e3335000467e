#ifndef HD_SH_TRANSPORT_H
#define HD_SH_TRANSPORT_H

#include "transport/transport.h"

/*
 * A host for tests: this machine, its shell a program of one's choice
 * ("dash", "bash", "busybox sh") that gets the script on stdin. Scripts that
 * start `sh` themselves get the same one. Only exec works.
 */
int hd_sh_open(
    struct hd_transport **out, const char *shell, struct hd_err *err) HD_CHECK;

#endif
