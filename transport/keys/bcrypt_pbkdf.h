#ifndef HD_BCRYPT_PBKDF_H
#define HD_BCRYPT_PBKDF_H

#include "core/base/attr.h"
#include "core/base/cancel.h"
#include "transport/keys/wire.h"

/*
 * bcrypt_pbkdf, as OpenSSH derives the key of an encrypted private key from its
 * passphrase (OpenBSD: lib/libutil/bcrypt_pbkdf.c); libcrypto does not have it.
 * Takes about 5 ms for each 32 bytes of out, times cost, which ssh-keygen -a
 * sets. -1 if interrupted.
 */
int bcrypt_pbkdf(unsigned char *out, size_t n, struct hd_bytes passphrase,
    struct hd_bytes salt, uint32_t cost, enum hd_cancel stage) HD_CHECK;

/* The first words of the fraction of pi, with which Blowfish begins. */
enum { BLOWFISH_P = 18, BLOWFISH_S = 4 * 256 };
enum { PI_WORDS = BLOWFISH_P + BLOWFISH_S };
void bcrypt_pi(uint32_t out[static PI_WORDS]);

#endif
