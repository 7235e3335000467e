#include "transport/crypto_key.h"

#include "core/base/alloc.h"
#include "core/base/secret.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

/* libcrypto fails there only out of memory or with a broken provider. */
static void
must(bool ok)
{
	if (!ok)
		abort();
}

void
crypto_sha512(const void *p, size_t n, unsigned char out[static CRYPTO_SHA512])
{
	must(EVP_Digest(p, n, out, NULL, EVP_sha512(), NULL) == 1);
}

size_t
crypto_base64(char *out, const void *p, size_t n)
{
	return (size_t)EVP_EncodeBlock((unsigned char *)out, p, (int)n);
}

struct cipher {
	struct crypto_cipher c; /* first */
	const EVP_CIPHER *(*evp)(void);
};

static const struct cipher ciphers[] = {
	{ { "aes256-ctr", 32, 16, 16, 0 }, EVP_aes_256_ctr },
	{ { "aes256-cbc", 32, 16, 16, 0 }, EVP_aes_256_cbc },
	{ { "aes256-gcm@openssh.com", 32, 12, 16, 16 }, EVP_aes_256_gcm },
	{ { "aes192-ctr", 24, 16, 16, 0 }, EVP_aes_192_ctr },
	{ { "aes192-cbc", 24, 16, 16, 0 }, EVP_aes_192_cbc },
	{ { "aes128-ctr", 16, 16, 16, 0 }, EVP_aes_128_ctr },
	{ { "aes128-cbc", 16, 16, 16, 0 }, EVP_aes_128_cbc },
	{ { "aes128-gcm@openssh.com", 16, 12, 16, 16 }, EVP_aes_128_gcm },
	{ { "3des-cbc", 24, 8, 8, 0 }, EVP_des_ede3_cbc },
	{ { "chacha20-poly1305@openssh.com", 64, 0, 8, 16 }, EVP_chacha20 },
};

const struct crypto_cipher *
crypto_cipher_find(struct hd_bytes name)
{
	for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++)
		if (hd_bytes_are(name, ciphers[i].c.name))
			return &ciphers[i].c;
	return NULL;
}

/* The first 32 bytes of the key stream; the second key is for the lengths of
 * packets, and key files have none. */
static void
poly1305_key(const unsigned char *secret, unsigned char key[static 32])
{
	static const unsigned char zeros[32], iv[16];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;

	must(EVP_EncryptInit_ex(ctx, EVP_chacha20(), NULL, secret, iv) == 1 &&
	     EVP_EncryptUpdate(ctx, key, &n, zeros, 32) == 1);
	EVP_CIPHER_CTX_free(ctx);
}

/* OpenSSH: PROTOCOL.chacha20poly1305. */
static bool
check_poly1305(const unsigned char *secret, const unsigned char *data, size_t n)
{
	HD_AUTO_SECRET unsigned char *key = hd_secret_alloc(32);
	unsigned char tag[16];
	size_t ntag = sizeof(tag);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *mac;

	poly1305_key(secret, key);
	mac = EVP_PKEY_new_raw_private_key(EVP_PKEY_POLY1305, NULL, key, 32);
	must(mac != NULL &&
	     EVP_DigestSignInit(ctx, NULL, NULL, NULL, mac) == 1 &&
	     EVP_DigestSign(ctx, tag, &ntag, data, n) == 1);
	EVP_PKEY_free(mac);
	EVP_MD_CTX_free(ctx);
	return CRYPTO_memcmp(tag, data + n, sizeof(tag)) == 0;
}

static bool
decrypt(EVP_CIPHER_CTX *ctx, const struct cipher *c,
    const unsigned char *secret, unsigned char *data, size_t n)
{
	static const unsigned char chacha20_iv[16] = { 1 }; /* block 1 */
	const unsigned char *iv = c->c.iv > 0 ? secret + c->c.key : chacha20_iv;
	bool gcm = c->c.iv > 0 && c->c.tag > 0;
	int len;

	must(EVP_DecryptInit_ex(ctx, c->evp(), NULL, secret, iv) == 1);
	must(EVP_CIPHER_CTX_set_padding(ctx, 0) == 1);
	must(!gcm || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG,
			 (int)c->c.tag, data + n) == 1);
	return EVP_DecryptUpdate(ctx, data, &len, data, (int)n) == 1 &&
	       EVP_DecryptFinal_ex(ctx, data + len, &len) == 1;
}

bool
crypto_decrypt(const struct crypto_cipher *c, const unsigned char *secret,
    unsigned char *data, size_t n)
{
	const struct cipher *whole = (const struct cipher *)(const void *)c;
	EVP_CIPHER_CTX *ctx;
	bool ok;

	if (whole->evp == EVP_chacha20 && !check_poly1305(secret, data, n))
		return false;
	ctx = EVP_CIPHER_CTX_new();
	must(ctx != NULL);
	ok = decrypt(ctx, whole, secret, data, n);
	EVP_CIPHER_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

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

	must(EVP_PKEY_get_bn_param(key, name, &number) == 1);
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

	must(EVP_PKEY_get_raw_public_key(key, raw, &n) == 1);
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
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
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

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
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

	must(bio != NULL &&
	     PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL));
	n = BIO_get_mem_data(bio, &text);
	out->text = hd_secret_copy(text, (size_t)n);
	out->len = (size_t)n;
	BIO_free(bio); /* zeroes its memory */
}

bool
crypto_pem_read(
    struct crypto_pem *out, const char *text, size_t n, const char *passphrase)
{
	BIO *bio = BIO_new_mem_buf(text, (int)n);
	EVP_PKEY *key;

	*out = (struct crypto_pem){ .text = NULL };
	must(bio != NULL);
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
