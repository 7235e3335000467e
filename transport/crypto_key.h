#ifndef HD_CRYPTO_KEY_H
#define HD_CRYPTO_KEY_H

#include "transport/wire.h"

#include <stdbool.h>

/* The part of libcrypto that private keys need. */

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

/*
 * Reads a PEM file: traditional or PKCS#8, encrypted if passphrase is not NULL.
 * false if the passphrase is wrong or the file damaged. Then:
 *
 *	public  its public key; no bytes if its type is unknown to SSH
 *	text    the same key as a PEM file without encryption
 *
 * The caller frees public.p, and text with hd_secret_free().
 */
struct crypto_pem {
	struct hd_bytes public;
	char *text;
	size_t len;
};
bool crypto_pem_read(
    struct crypto_pem *out, const char *text, size_t n, const char *passphrase);

#endif
