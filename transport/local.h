#ifndef HD_LOCAL_H
#define HD_LOCAL_H

#include "core/base/cancel.h"
#include "transport/ssh_opts.h"
#include "transport/transport.h"

/* The strings are borrowed until the transport is closed. run_as, sudo: see
 * struct hd_ssh_opts. */
struct hd_local_opts {
	const char *run_as;
	struct hd_sudo_source sudo;
	/* for sudo.wanted: */
	struct hd_ssh_client *client;
	const char *user; /* of this process */
	enum hd_cancel stage;
};

/* This machine as a host: the same operations with the same commands. o: NULL:
 * as this user. Blocks only to obtain a password for sudo. */
int hd_local_open(struct hd_transport **out, const struct hd_local_opts *o,
    struct hd_err *err) HD_CHECK;

#endif
