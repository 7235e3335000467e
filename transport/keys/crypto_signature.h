#ifndef HD_CRYPTO_SIGNATURE_H
#define HD_CRYPTO_SIGNATURE_H

#include "transport/keys/wire.h"

enum hd_signature {
	HD_SIGNATURE_GOOD,
	HD_SIGNATURE_BAD,         /* or malformed */
	HD_SIGNATURE_UNSUPPORTED, /* SHA-1, DSA, a FIDO key */
};

/*
 * Verifies a signature by a public key, both as SSH encodes them (RFC 4253,
 * 6.6; RFC 5656; RFC 8332; RFC 8709): ed25519, ECDSA with the NIST curves and
 * the hash that belongs to each, and RSA with SHA-256 or SHA-512. The algorithm
 * must be one of the key's type.
 */
enum hd_signature hd_signature_check(
    struct hd_bytes key, struct hd_bytes signature, struct hd_bytes text);

#endif
