#ifndef HD_SSH_CERT_H
#define HD_SSH_CERT_H

#include "core/base/alloc.h"
#include "transport/keys/wire.h"

/*
 * An OpenSSH certificate (PROTOCOL.certkeys). Reading it verifies nothing: the
 * signature, the names and the times are claims. All bytes are borrowed from
 * the blob.
 */
enum { SSH_CERT_USER = 1, SSH_CERT_HOST = 2 };
struct ssh_cert {
	struct hd_bytes type;   /* "ssh-ed25519-cert-v01@openssh.com" */
	struct hd_bytes fields; /* of its public key, without the type */
	uint64_t serial;
	uint32_t kind;
	struct hd_bytes id;
	struct hd_bytes names;  /* a list of strings; empty: any user or host */
	uint64_t after, before; /* valid for after <= time < before, in s */
	struct hd_bytes critical, extensions; /* lists of name and data */
	struct hd_bytes authority;            /* the public key that signed */
	struct hd_bytes body, signature;      /* the signature is over body */
};
/* false: not a certificate, of an unknown type, or malformed. */
bool ssh_cert_read(struct ssh_cert *c, struct hd_bytes blob);
/* Whether blob begins as a certificate does. */
bool ssh_cert_is(struct hd_bytes blob);

/* The public key that c is about, as a blob without a certificate. */
struct hd_bytes ssh_cert_key(const struct ssh_cert *c, struct hd_arena *arena);
bool ssh_cert_is_about(const struct ssh_cert *c, struct hd_bytes key);
/* Whether name is exactly one of the list, which may be malformed, or the list
 * is empty. */
bool ssh_cert_names(const struct ssh_cert *c, const char *name);
/* Appends the list to out, which has max bytes, for a message: escaped, and cut
 * if it is long. */
void ssh_cert_quote_names(const struct ssh_cert *c, char *out, size_t max);

#endif
