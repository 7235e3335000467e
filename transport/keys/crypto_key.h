#ifndef HD_CRYPTO_KEY_H
#define HD_CRYPTO_KEY_H

#include "transport/keys/wire.h"

#include <stdbool.h>

/* The part of libcrypto that OpenSSH's own key files need. */

/* Ends the program. For calls that fail only out of memory or with a broken
 * provider. */
void crypto_must(bool ok);

enum { CRYPTO_SHA512 = 64 };
void crypto_sha512(
    const void *p, size_t n, unsigned char out[static CRYPTO_SHA512]);

/* Writes base64 and a NUL; returns its length. */
size_t crypto_base64(char *out, const void *p, size_t n);

/* A cipher of OpenSSH's private keys (OpenSSH: cipher.c). */
struct crypto_cipher {
	const char *name;
	size_t key, iv, block, tag; /* bytes; tag 0: not authenticated */
};
/* NULL: unknown. */
const struct crypto_cipher *crypto_cipher_find(struct hd_bytes name);
/* Decrypts data in place. secret is the key, then the IV; the tag follows the
 * data. false if the tag is wrong. */
bool crypto_decrypt(const struct crypto_cipher *c, const unsigned char *secret,
    unsigned char *data, size_t n);

#endif
