#ifndef HD_SSH_KEY_FORMAT_H
#define HD_SSH_KEY_FORMAT_H

#include "core/base/cancel.h"
#include "transport/keys/ssh_key.h"

/* The formats of key files, for ssh_key_read.c. */

#define SSH_KEY_NO_TYPE                                                        \
	"of a type that hdeploy does not support: use an ed25519, ECDSA or "   \
	"RSA key"

/* OpenSSH's own format (OpenSSH: PROTOCOL.key). text ends with a NUL. Sets the
 * state, the public key and, if it is not encrypted, the text of k. */
void ssh_key_read_openssh(struct ssh_key *k, const char *text);
enum ssh_key_opened ssh_key_open_openssh(
    struct ssh_key *k, struct hd_bytes passphrase, enum hd_cancel stage);

/* PEM: "BEGIN RSA PRIVATE KEY", "BEGIN PRIVATE KEY" and their like. */
void ssh_key_read_pem(struct ssh_key *k, const char *text);
enum ssh_key_opened ssh_key_open_pem(struct ssh_key *k, const char *passphrase);

#endif
