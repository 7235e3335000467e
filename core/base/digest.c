#include "core/base/digest.h"

#include "core/base/alloc.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct hd_sha256 {
	EVP_MD_CTX *ctx;
};

static void *
take(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return n > 0 ? hd_realloc(NULL, n) : NULL;
}

static void
give(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	hd_free_wiped(p); /* a private key, perhaps */
}

static void *
take_more(void *p, size_t n, const char *file, int line)
{
	if (n > 0)
		return hd_realloc(p, n);
	give(p, file, line);
	return NULL;
}

const char *
hd_digest_library(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}

void
hd_digest_init(void)
{
	/* Fails harmlessly if libcrypto has already allocated memory. */
	(void)CRYPTO_set_mem_functions(take, take_more, give);
#ifdef HD_STATIC
	/* openssl.cnf can name a provider that would be loaded: static.h */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
#endif
}

/* libcrypto fails here only out of memory or with a broken provider. In
 * neither case can a digest be trusted. */
static void
must(int ok)
{
	if (ok != 1)
		abort();
}

static void
hex(char *out, const unsigned char *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 15];
	}
	*out = '\0';
}

struct hd_sha256 *
hd_sha256_new(void)
{
	struct hd_sha256 *h = hd_alloc(sizeof(*h));

	h->ctx = EVP_MD_CTX_new();
	must(h->ctx != NULL);
	must(EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL));
	return h;
}

void
hd_sha256_add(struct hd_sha256 *h, const void *p, size_t n)
{
	must(EVP_DigestUpdate(h->ctx, p, n));
}

int
hd_sha256_add_range(struct hd_sha256 *h, int fd, uint64_t offset,
    uint64_t length, struct hd_err *err)
{
	char buf[64 * 1024];

	while (length > 0) {
		size_t want = length < sizeof(buf) ? length : sizeof(buf);
		ssize_t n = pread(fd, buf, want, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return hd_err_set(err, HD_ELOCAL,
			    "the file cannot be read: %s",
			    n < 0 ? strerror(errno) : "it is shorter now");
		hd_sha256_add(h, buf, (size_t)n);
		offset += (uint64_t)n;
		length -= (uint64_t)n;
	}
	return 0;
}

void
hd_sha256_hex(struct hd_sha256 *h, char out[static HD_SHA256_HEX])
{
	unsigned char raw[HD_SHA256_LEN];

	must(EVP_DigestFinal_ex(h->ctx, raw, NULL));
	must(EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL));
	hex(out, raw, sizeof(raw));
}

void
hd_sha256_free(struct hd_sha256 *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

int
hd_sha256_fd(
    int fd, char out[static HD_SHA256_HEX], uint64_t *size, struct hd_err *err)
{
	struct hd_sha256 *h = hd_sha256_new();
	char chunk[64 * 1024];
	ssize_t n = lseek(fd, 0, SEEK_SET);

	*size = 0;
	while (n >= 0 && (n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR) {
			n = 0;
			continue;
		}
		if (n < 0)
			break;
		hd_sha256_add(h, chunk, (size_t)n);
		*size += (uint64_t)n;
	}
	hd_sha256_hex(h, out);
	hd_sha256_free(h);
	if (n < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return hd_err_set(err, HD_ELOCAL,
		    "cannot read a temporary file on this machine: %s",
		    strerror(errno));
	return 0;
}

/* The HMAC of OpenSSL takes four times as long: it allocates its state and
 * looks the digest up for every message. */
struct hd_hmac_sha1 {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
};

struct hd_hmac_sha1 *
hd_hmac_sha1_new(void)
{
	struct hd_hmac_sha1 *h = hd_alloc(sizeof(*h));

	h->md = EVP_MD_fetch(NULL, "SHA1", NULL);
	h->ctx = EVP_MD_CTX_new();
	must(h->md != NULL && h->ctx != NULL);
	return h;
}

/* The digest of the key, padded and masked, and then of p. */
static void
masked_sha1(struct hd_hmac_sha1 *h, const unsigned char key[static 64],
    unsigned char mask, const void *p, size_t n, unsigned char out[static 20])
{
	unsigned char block[64];

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = key[i] ^ mask;
	must(EVP_DigestInit_ex2(h->ctx, h->md, NULL));
	must(EVP_DigestUpdate(h->ctx, block, sizeof(block)));
	must(EVP_DigestUpdate(h->ctx, p, n));
	must(EVP_DigestFinal_ex(h->ctx, out, NULL));
}

void
hd_hmac_sha1(struct hd_hmac_sha1 *h, const void *key, size_t nkey,
    const void *p, size_t n, unsigned char out[static 20])
{
	unsigned char padded[64] = { 0 }, inner[20];

	must(nkey <= sizeof(padded));
	memcpy(padded, key, nkey);
	masked_sha1(h, padded, 0x36, p, n, inner);
	masked_sha1(h, padded, 0x5c, inner, sizeof(inner), out);
}

void
hd_hmac_sha1_free(struct hd_hmac_sha1 *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->ctx);
	EVP_MD_free(h->md);
	free(h);
}

void
hd_base64_encode(const void *p, size_t n, struct hd_str *out)
{
	HD_AUTO_FREE unsigned char *text = hd_alloc(n / 3 * 4 + 5);
	int len = EVP_EncodeBlock(text, p, (int)n);

	hd_str_addn(out, (const char *)text, (size_t)len);
}

void
hd_key_fingerprint(const void *blob, size_t n, struct hd_str *out)
{
	unsigned char raw[HD_SHA256_LEN];
	HD_AUTO_STR text = HD_STR_INIT(64);

	must(EVP_Digest(blob, n, raw, NULL, EVP_sha256(), NULL));
	hd_base64_encode(raw, sizeof(raw), &text);
	hd_str_add(out, "SHA256:");
	hd_str_addn(out, text.ptr, strcspn(text.ptr, "="));
}

long
hd_base64_decode(const char *text, size_t n, unsigned char *out, size_t max)
{
	HD_AUTO_FREE unsigned char *room = NULL;
	size_t pad = 0;
	int len;

	if (n == 0 || n % 4 != 0 || n / 4 * 3 > max + 2)
		return -1;
	while (pad < 2 && text[n - 1 - pad] == '=')
		pad++;
	if (memchr(text, '=', n - pad) != NULL)
		return -1;
	room = hd_alloc(n / 4 * 3);
	len = EVP_DecodeBlock(room, (const unsigned char *)text, (int)n);
	if (len >= 0 && (size_t)len - pad <= max)
		memcpy(out, room, (size_t)len - pad);
	else
		len = -1;
	OPENSSL_cleanse(room, n / 4 * 3); /* it may be a private key */
	return len < 0 ? -1 : len - (long)pad;
}

void
hd_random_hex(char *out, size_t n)
{
	unsigned char raw[64];

	must(n <= sizeof(raw));
	must(RAND_bytes(raw, (int)n));
	hex(out, raw, n);
}
