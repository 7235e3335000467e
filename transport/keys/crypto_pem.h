#ifndef HD_CRYPTO_PEM_H
#define HD_CRYPTO_PEM_H

#include "transport/keys/wire.h"

#include <stdbool.h>

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
/* How long an encrypted one takes, in units of about 10 ms; at least 1. */
uint32_t crypto_pem_cost(const char *text, size_t n);

#endif
