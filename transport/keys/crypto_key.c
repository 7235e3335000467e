#include "transport/keys/crypto_key.h"

#include "core/base/secret.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

void
crypto_must(bool ok)
{
	if (!ok)
		abort();
}

void
crypto_sha512(const void *p, size_t n, unsigned char out[static CRYPTO_SHA512])
{
	crypto_must(EVP_Digest(p, n, out, NULL, EVP_sha512(), NULL) == 1);
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
	for (size_t i = 0; i < HD_COUNT(ciphers); i++)
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

	crypto_must(
	    EVP_EncryptInit_ex(ctx, EVP_chacha20(), NULL, secret, iv) == 1 &&
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
	crypto_must(mac != NULL &&
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

	crypto_must(EVP_DecryptInit_ex(ctx, c->evp(), NULL, secret, iv) == 1);
	crypto_must(EVP_CIPHER_CTX_set_padding(ctx, 0) == 1);
	crypto_must(!gcm || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG,
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
	crypto_must(ctx != NULL);
	ok = decrypt(ctx, whole, secret, data, n);
	EVP_CIPHER_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}
