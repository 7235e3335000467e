#include "transport/keys/crypto_signature.h"

#include "core/base/attr.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdbool.h>
#include <string.h>

/* RSA_BITS_MIN is OpenSSH's SSH_RSA_MINIMUM_MODULUS_SIZE; the other bound keeps
 * a hostile key from costing minutes. */
enum { RSA_BITS_MIN = 1024, RSA_BITS_MAX = 16384, ED25519_LEN = 32 };

struct algorithm {
	const char *name; /* of the signature */
	const char *key;  /* type of the key */
	const char *hash; /* for OpenSSL; NULL: the algorithm has its own */
	const char *curve, *group; /* ECDSA: for SSH and for OpenSSL */
	bool (*verify)(const struct algorithm *a, struct hd_wire key,
	    struct hd_bytes signature, struct hd_bytes text);
};

static void
free_pkey(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
}
#define AUTO_PKEY HD_CLEANUP(free_pkey) EVP_PKEY

static bool
verify(EVP_PKEY *key, const char *hash, const unsigned char *signature,
    size_t n, struct hd_bytes text)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = key != NULL && ctx != NULL &&
		    EVP_DigestVerifyInit_ex(
			ctx, NULL, hash, NULL, NULL, key, NULL) == 1 &&
		    EVP_DigestVerify(ctx, signature, n, text.p, text.n) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

static bool
verify_ed25519(const struct algorithm *a, struct hd_wire key,
    struct hd_bytes signature, struct hd_bytes text)
{
	struct hd_bytes point = hd_wire_string(&key);
	AUTO_PKEY *pkey = NULL;

	if (key.bad || key.left > 0 || point.n != ED25519_LEN)
		return false;
	pkey = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, point.p, point.n);
	return verify(pkey, a->hash, signature.p, signature.n, text);
}

/* Takes ownership of build. */
static EVP_PKEY *
public_key(const char *type, OSSL_PARAM_BLD *build)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY *key = NULL;

	if (ctx == NULL || params == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *
ec_key(const char *group, struct hd_bytes point)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();

	OSSL_PARAM_BLD_push_utf8_string(
	    build, OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
	OSSL_PARAM_BLD_push_octet_string(
	    build, OSSL_PKEY_PARAM_PUB_KEY, point.p, point.n);
	return public_key("EC", build);
}

/* Two numbers, which OpenSSL takes in DER. */
static unsigned char *
ecdsa_der(struct hd_bytes signature, int *n)
{
	struct hd_wire w = hd_wire_of(signature);
	struct hd_bytes r = hd_wire_string(&w), s = hd_wire_string(&w);
	ECDSA_SIG *sig = ECDSA_SIG_new();
	unsigned char *der = NULL;

	if (!w.bad && w.left == 0 && r.n <= 67 && s.n <= 67)
		ECDSA_SIG_set0(sig, BN_bin2bn(r.p, (int)r.n, NULL),
		    BN_bin2bn(s.p, (int)s.n, NULL));
	if (ECDSA_SIG_get0_r(sig) != NULL)
		*n = i2d_ECDSA_SIG(sig, &der);
	ECDSA_SIG_free(sig);
	return der;
}

static bool
verify_ecdsa(const struct algorithm *a, struct hd_wire key,
    struct hd_bytes signature, struct hd_bytes text)
{
	struct hd_bytes curve = hd_wire_string(&key);
	struct hd_bytes point = hd_wire_string(&key);
	AUTO_PKEY *pkey = NULL;
	unsigned char *der;
	int n = 0;
	bool good;

	if (key.bad || key.left > 0 || !hd_bytes_are(curve, a->curve))
		return false;
	pkey = ec_key(a->group, point);
	der = ecdsa_der(signature, &n);
	good =
	    der != NULL && n > 0 && verify(pkey, a->hash, der, (size_t)n, text);
	OPENSSL_free(der);
	return good;
}

static EVP_PKEY *
rsa_key(struct hd_bytes e, struct hd_bytes n)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *modulus = BN_bin2bn(n.p, (int)n.n, NULL);
	BIGNUM *exponent = BN_bin2bn(e.p, (int)e.n, NULL);
	EVP_PKEY *key;

	OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus);
	OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent);
	key = public_key("RSA", build);
	BN_free(modulus);
	BN_free(exponent);
	return key;
}

/* A signature may lack leading zeros, which OpenSSL wants. */
static bool
verify_padded(EVP_PKEY *key, const char *hash, struct hd_bytes signature,
    struct hd_bytes text)
{
	unsigned char padded[RSA_BITS_MAX / 8] = { 0 };
	size_t size = (size_t)EVP_PKEY_get_size(key);

	if (size > sizeof(padded) || signature.n > size || signature.n == 0)
		return false;
	memcpy(padded + size - signature.n, signature.p, signature.n);
	return verify(key, hash, padded, size, text);
}

static bool
verify_rsa(const struct algorithm *a, struct hd_wire key,
    struct hd_bytes signature, struct hd_bytes text)
{
	struct hd_bytes e = hd_wire_string(&key), n = hd_wire_string(&key);
	AUTO_PKEY *pkey = NULL;

	if (key.bad || key.left > 0 || n.n > RSA_BITS_MAX / 8 + 1 || e.n > 9)
		return false;
	pkey = rsa_key(e, n);
	if (pkey == NULL || EVP_PKEY_get_bits(pkey) < RSA_BITS_MIN)
		return false;
	return verify_padded(pkey, a->hash, signature, text);
}

#define ECDSA(bits, hash, group)                                               \
	{                                                                      \
		"ecdsa-sha2-nistp" bits, "ecdsa-sha2-nistp" bits, hash,        \
		    "nistp" bits, group, verify_ecdsa                          \
	}
static const struct algorithm algorithms[] = {
	{ "ssh-ed25519", "ssh-ed25519", NULL, NULL, NULL, verify_ed25519 },
	ECDSA("256", "SHA256", "P-256"),
	ECDSA("384", "SHA384", "P-384"),
	ECDSA("521", "SHA512", "P-521"),
	{ "rsa-sha2-256", "ssh-rsa", "SHA256", NULL, NULL, verify_rsa },
	{ "rsa-sha2-512", "ssh-rsa", "SHA512", NULL, NULL, verify_rsa },
};

enum hd_signature
hd_signature_check(
    struct hd_bytes key, struct hd_bytes signature, struct hd_bytes text)
{
	struct hd_wire k = hd_wire_of(key), s = hd_wire_of(signature);
	struct hd_bytes type = hd_wire_string(&k), name = hd_wire_string(&s);
	struct hd_bytes raw = hd_wire_string(&s);

	if (s.bad || s.left > 0)
		return HD_SIGNATURE_BAD;
	for (size_t i = 0; i < HD_COUNT(algorithms); i++) {
		const struct algorithm *a = &algorithms[i];

		if (hd_bytes_are(name, a->name) && hd_bytes_are(type, a->key))
			return a->verify(a, k, raw, text) ? HD_SIGNATURE_GOOD
							  : HD_SIGNATURE_BAD;
	}
	return HD_SIGNATURE_UNSUPPORTED;
}
