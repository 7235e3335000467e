#include "transport/keys/crypto_pem.h"

#include "core/base/alloc.h"
#include "core/base/secret.h"
#include "transport/keys/crypto_key.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

/* Grows as a blob is written. Public keys need no secret memory. */
struct blob {
	unsigned char *p;
	size_t n;
};

static void
put(struct blob *b, const void *p, size_t n)
{
	b->p = hd_realloc(b->p, b->n + 4 + n);
	hd_wire_put(b->p + b->n, p, n);
	b->n += 4 + n;
}

static void
put_text(struct blob *b, const char *text)
{
	put(b, text, strlen(text));
}

/* An mpint (RFC 4251, section 5) of a positive number. */
static void
put_number(struct blob *b, const EVP_PKEY *key, const char *name)
{
	BIGNUM *number = NULL;
	unsigned char *raw;
	size_t n;

	crypto_must(EVP_PKEY_get_bn_param(key, name, &number) == 1);
	n = (size_t)BN_num_bytes(number);
	raw = hd_alloc(n + 1);
	BN_bn2bin(number, raw + 1);
	if (n > 0 && raw[1] >= 0x80)
		put(b, raw, n + 1);
	else
		put(b, raw + 1, n);
	BN_free(number);
	free(raw);
}

static void
rsa_blob(struct blob *b, EVP_PKEY *key)
{
	put_text(b, "ssh-rsa");
	put_number(b, key, OSSL_PKEY_PARAM_RSA_E);
	put_number(b, key, OSSL_PKEY_PARAM_RSA_N);
}

static void
ed25519_blob(struct blob *b, EVP_PKEY *key)
{
	unsigned char raw[32];
	size_t n = sizeof(raw);

	crypto_must(EVP_PKEY_get_raw_public_key(key, raw, &n) == 1);
	put_text(b, "ssh-ed25519");
	put(b, raw, n);
}

/* RFC 5656, section 3.1. */
static void
ecdsa_blob(struct blob *b, EVP_PKEY *key)
{
	static const struct {
		const char *group, *type;
	} curves[] = {
		{ "prime256v1", "ecdsa-sha2-nistp256" },
		{ "secp384r1", "ecdsa-sha2-nistp384" },
		{ "secp521r1", "ecdsa-sha2-nistp521" },
	};
	char group[64] = "";
	unsigned char point[1 + 2 * 66];
	size_t n = 0;

	/* the file may contain a compressed point */
	if (EVP_PKEY_set_utf8_string_param(key,
		OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
		"uncompressed") != 1 ||
	    EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1 ||
	    EVP_PKEY_get_octet_string_param(
		key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &n) != 1)
		return;
	for (size_t i = 0; i < HD_COUNT(curves); i++) {
		if (strcmp(curves[i].group, group) != 0)
			continue;
		put_text(b, curves[i].type);
		put_text(b, curves[i].type + strlen("ecdsa-sha2-"));
		put(b, point, n);
	}
}

static struct hd_bytes
public_of(EVP_PKEY *key)
{
	static const struct {
		int type;
		void (*write)(struct blob *b, EVP_PKEY *key);
	} types[] = {
		{ EVP_PKEY_RSA, rsa_blob },
		{ EVP_PKEY_ED25519, ed25519_blob },
		{ EVP_PKEY_EC, ecdsa_blob },
	};
	struct blob b = { NULL, 0 };

	for (size_t i = 0; i < HD_COUNT(types); i++)
		if (EVP_PKEY_get_base_id(key) == types[i].type)
			types[i].write(&b, key);
	return (struct hd_bytes){ b.p, b.n };
}

/* For libcrypto, which would otherwise ask at the terminal. */
static int
give_passphrase(char *out, int max, int writing, void *ctx)
{
	const char *passphrase = ctx;
	size_t n = passphrase != NULL ? strlen(passphrase) : 0;

	(void)writing;
	if (passphrase == NULL || n > (size_t)max)
		return -1;
	memcpy(out, passphrase, n);
	return (int)n;
}

static void
write_text(struct crypto_pem *out, const EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long n;

	crypto_must(bio != NULL && PEM_write_bio_PrivateKey(
				       bio, key, NULL, NULL, 0, NULL, NULL));
	n = BIO_get_mem_data(bio, &text);
	out->text = hd_secret_copy(text, (size_t)n);
	out->len = (size_t)n;
	BIO_free(bio); /* zeroes its memory */
}

/* Rates of libcrypto, in 10 ms. */
enum { PBKDF2_RATE = 5000, SCRYPT_RATE = 3000 };

static uint64_t
to_number(const ASN1_INTEGER *a)
{
	uint64_t n = 0;

	/* negative ones are refused later, larger ones take for ever */
	if (a == NULL || ASN1_INTEGER_get_uint64(&n, a) == 1)
		return n;
	ERR_clear_error();
	return UINT64_MAX;
}

static uint64_t
pbkdf2_cost(const ASN1_TYPE *parameter)
{
	PBKDF2PARAM *p =
	    ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), parameter);
	uint64_t n = p != NULL ? to_number(p->iter) : 0;

	PBKDF2PARAM_free(p);
	return n / PBKDF2_RATE;
}

static uint64_t
scrypt_cost(const ASN1_TYPE *parameter)
{
	SCRYPT_PARAMS *p =
	    ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), parameter);
	double n = 0;

	if (p != NULL)
		n = (double)to_number(p->costParameter) *
		    (double)to_number(p->blockSize) *
		    (double)to_number(p->parallelizationParameter);
	SCRYPT_PARAMS_free(p);
	return n / SCRYPT_RATE < UINT32_MAX ? (uint64_t)(n / SCRYPT_RATE)
					    : UINT32_MAX;
}

/* RFC 8018: PBES2 names its key derivation, the older ones have a count. */
static uint64_t
cost_of(const X509_ALGOR *algorithm)
{
	const ASN1_TYPE *parameter = algorithm->parameter;
	PBE2PARAM *two =
	    ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), parameter);
	PBEPARAM *one;
	uint64_t n = 0;

	if (two != NULL) {
		int kdf = OBJ_obj2nid(two->keyfunc->algorithm);

		n = (kdf == NID_id_scrypt ? scrypt_cost : pbkdf2_cost)(
		    two->keyfunc->parameter);
		PBE2PARAM_free(two);
		return n;
	}
	one = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), parameter);
	n = one != NULL ? to_number(one->iter) / PBKDF2_RATE : 0;
	PBEPARAM_free(one);
	return n;
}

uint32_t
crypto_pem_cost(const char *text, size_t n)
{
	BIO *bio = BIO_new_mem_buf(text, (int)n);
	X509_SIG *sealed;
	const X509_ALGOR *algorithm;
	uint64_t cost = 0;

	crypto_must(bio != NULL);
	sealed = PEM_read_bio_PKCS8(bio, NULL, give_passphrase, NULL);
	if (sealed != NULL) {
		X509_SIG_get0(sealed, &algorithm, NULL);
		cost = cost_of(algorithm);
	}
	X509_SIG_free(sealed);
	BIO_free(bio);
	ERR_clear_error();
	return cost < UINT32_MAX ? (uint32_t)cost + 1 : UINT32_MAX;
}

bool
crypto_pem_read(
    struct crypto_pem *out, const char *text, size_t n, const char *passphrase)
{
	BIO *bio = BIO_new_mem_buf(text, (int)n);
	EVP_PKEY *key;

	*out = (struct crypto_pem){ .text = NULL };
	crypto_must(bio != NULL);
	key = PEM_read_bio_PrivateKey(
	    bio, NULL, give_passphrase, (void *)(uintptr_t)passphrase);
	BIO_free(bio);
	ERR_clear_error();
	if (key == NULL)
		return false;
	out->public = public_of(key);
	if (out->public.n > 0)
		write_text(out, key);
	EVP_PKEY_free(key);
	return true;
}
