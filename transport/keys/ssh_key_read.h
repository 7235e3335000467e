#ifndef HD_SSH_KEY_READ_H
#define HD_SSH_KEY_READ_H

#include "core/base/cancel.h"
#include "transport/keys/ssh_key.h"

/* Finds the format of a key and reads it: OpenSSH's own, PEM, or a public key
 * or certificate. */

/* Reads the content of a key file; sets state, and why. */
void ssh_key_read(struct ssh_key *k, const char *text, size_t n);

/* Decrypts a key whose state is ENCRYPTED; sets text and opened. Blocks for as
 * long as k->cost says. */
enum ssh_key_opened ssh_key_open(
    struct ssh_key *k, const char *passphrase, enum hd_cancel stage);

#endif
