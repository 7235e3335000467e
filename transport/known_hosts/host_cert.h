#ifndef HD_HOST_CERT_H
#define HD_HOST_CERT_H

#include "core/base/str.h"
#include "transport/keys/ssh_cert.h"

enum hd_host_cert {
	HD_HOST_CERT_GOOD,
	HD_HOST_CERT_UNFIT, /* genuine, but not for this host or time */
	HD_HOST_CERT_BAD,   /* malformed, or its signature is forged */
};

/*
 * Judges a host certificate as ssh does (sshkey_cert_check_host() and
 * cert_parse() in OpenSSH's sshkey.c): the authority's signature, never with
 * SHA-1; that it is one for a host, valid at the time now (s since 1970), and
 * for this name, which is in lower case, without port; that it has no critical
 * option, because none is defined for hosts. Names count only if they are
 * exact: wildcards have a meaning only since OpenSSH 10.3, and a certificate
 * without names is for every host before that version and for none since.
 * Whether the authority is trusted is another question. Appends the reason to
 * why.
 */
enum hd_host_cert hd_host_cert_check(const struct ssh_cert *c, const char *name,
    uint64_t now, struct hd_str *why);

#endif
