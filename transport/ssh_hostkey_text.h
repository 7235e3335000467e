#ifndef HD_SSH_HOSTKEY_TEXT_H
#define HD_SSH_HOSTKEY_TEXT_H

#include "core/base/str.h"
#include "transport/known_hosts/known_hosts.h"
#include "transport/ssh_opts.h"

/* Why a host key is refused, and what helps. All return -1 with HD_EHOSTKEY,
 * unless noted otherwise. */

/* The key that the server showed, or the key of the authority that certified
 * it. */
struct ssh_shown {
	bool authority;
	const unsigned char *blob;
	size_t len;
	char type[64];
	char print[64]; /* "SHA256:..." */
};
void ssh_shown_set(
    struct ssh_shown *out, const unsigned char *blob, size_t len);

int ssh_hostkey_not_pinned(const struct hd_ssh_opts *o,
    const struct ssh_shown *key, struct hd_err *err);
int ssh_hostkey_unknown(const struct hd_ssh_opts *o,
    const struct hd_known_hosts *known, const struct ssh_shown *key,
    struct hd_err *err);
int ssh_hostkey_changed(const struct hd_ssh_opts *o,
    const struct hd_known_hosts *known, const struct ssh_shown *key,
    const struct hd_known_key *recorded, struct hd_err *err);
int ssh_hostkey_revoked(const struct hd_ssh_opts *o,
    const struct ssh_shown *key, const char *file, unsigned line,
    struct hd_err *err);

/* Adds why the line for a certificate authority did not help. */
void ssh_hostkey_no_cert(
    const struct hd_known_key *ca, const char *why, struct hd_err *err);
int ssh_hostkey_forged(
    const struct hd_ssh_opts *o, const char *why, struct hd_err *err);

/* "FILE:12 has the ssh-ed25519 key SHA256:..." */
void ssh_hostkey_describe(
    const struct hd_known_key *recorded, struct hd_str *out);

#endif
