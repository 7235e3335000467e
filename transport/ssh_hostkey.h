#ifndef HD_SSH_HOSTKEY_H
#define HD_SSH_HOSTKEY_H

#include "transport/ssh_opts.h"
#include "transport/ssh_session.h"

/* The keys that are accepted for one host; borrows o. */
struct ssh_hostkey;
int ssh_hostkey_new(struct ssh_hostkey **out, const struct hd_ssh_opts *o,
    struct hd_err *err) HD_CHECK;
void ssh_hostkey_free(struct ssh_hostkey *h);
/* If the files name a certificate authority for the host, or revoke a key, asks
 * the server for its certificate, on s, and disconnects. HD_EHOSTKEY if the
 * certificate is forged or revoked. If it is not accepted for another reason,
 * only recorded keys count. */
int ssh_hostkey_ask_cert(
    struct ssh_hostkey *h, struct hd_ssh *s, struct hd_err *err) HD_CHECK;
/* The algorithms to request, preferred ones first; borrowed from h. */
const char *ssh_hostkey_algorithms(const struct ssh_hostkey *h);
/* HD_EHOSTKEY, with the remedy, if the key of the session is not accepted. */
int ssh_hostkey_check(
    struct ssh_hostkey *h, struct hd_ssh *s, struct hd_err *err) HD_CHECK;
struct hd_host_key;
/* The same, but an unknown key is not an error. */
int ssh_hostkey_show(struct ssh_hostkey *h, struct hd_ssh *s,
    struct hd_host_key *out, struct hd_err *err) HD_CHECK;

/* A server shows one of its keys, but the pin may belong to another of its
 * keys. After a failed check: whether to connect again for another type.
 * ssh_hostkey_algorithms() then lists only the types that were not shown. */
bool ssh_hostkey_other_type(struct ssh_hostkey *h, struct hd_ssh *s);

#endif
