#ifndef HD_SSH_HOSTKEY_H
#define HD_SSH_HOSTKEY_H

#include "transport/ssh.h"
#include "transport/ssh_session.h"

/* What is accepted as the host's key. */
struct ssh_hostkey;
int ssh_hostkey_new(struct ssh_hostkey **out, const struct hd_ssh_opts *o,
    struct hd_err *err) HD_CHECK;
void ssh_hostkey_free(struct ssh_hostkey *h);
const char *ssh_hostkey_algorithms(const struct ssh_hostkey *h);
int ssh_hostkey_check(
    struct ssh_hostkey *h, struct hd_ssh *s, struct hd_err *err) HD_CHECK;
/* The same, but a key that is only not known yet is no error. */
int ssh_hostkey_show(struct ssh_hostkey *h, struct hd_ssh *s,
    struct hd_host_key *out, struct hd_err *err) HD_CHECK;

/* A server shows one of its keys, and a pin may be that of another one: after
 * a failed check, whether it is worth asking again for a key of a type that
 * was not shown yet. ssh_hostkey_algorithms() is then the shorter list. */
bool ssh_hostkey_other_type(struct ssh_hostkey *h, struct hd_ssh *s);

#endif
