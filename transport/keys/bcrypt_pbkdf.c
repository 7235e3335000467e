#define _GNU_SOURCE /* explicit_bzero */
#include "transport/keys/bcrypt_pbkdf.h"

#include "core/base/secret.h"
#include "transport/keys/crypto_key.h"

#include <pthread.h>
#include <string.h>

enum { HASH = 32, HASH_WORDS = HASH / 4, TURNS = 16 };

/*
 * A number of fixed point: a whole word, then the fraction, then two words that
 * absorb the rounding of about 10,000 divisions.
 */
enum { LENGTH = 1 + PI_WORDS + 2 };
typedef uint32_t number[LENGTH];

static void
divide(uint32_t *a, uint32_t by, size_t from)
{
	uint64_t rest = 0;

	for (size_t i = from; i < LENGTH; i++) {
		uint64_t value = rest << 32 | a[i];

		a[i] = (uint32_t)(value / by);
		rest = value % by;
	}
}

static void
add(uint32_t *sum, const uint32_t *a)
{
	uint64_t value = 0;

	for (size_t i = LENGTH; i-- > 0; value >>= 32) {
		value += (uint64_t)sum[i] + a[i];
		sum[i] = (uint32_t)value;
	}
}

static void
subtract(uint32_t *sum, const uint32_t *a)
{
	uint64_t borrow = 0;

	for (size_t i = LENGTH; i-- > 0;) {
		uint64_t value = (uint64_t)sum[i] - a[i] - borrow;

		sum[i] = (uint32_t)value;
		borrow = value >> 63;
	}
}

/* Adds (or first subtracts) times * arctan(1 / x), term by term:
 * 1/x - 1/3x^3 + 1/5x^5 ... */
static void
add_arctan(uint32_t *sum, uint32_t times, uint32_t x, bool plus)
{
	number power = { times }, term;
	size_t zeros = 0; /* leading words of power */

	divide(power, x, 0);
	for (uint32_t k = 1; zeros < LENGTH; k += 2, plus = !plus) {
		memcpy(term, power, sizeof(term));
		divide(term, k, zeros);
		(plus ? add : subtract)(sum, term);
		divide(power, x * x, zeros);
		while (zeros < LENGTH && power[zeros] == 0)
			zeros++;
	}
}

/* Machin: pi = 16 arctan(1/5) - 4 arctan(1/239). */
void
bcrypt_pi(uint32_t out[static PI_WORDS])
{
	number pi = { 0 };

	add_arctan(pi, 16, 5, true);
	add_arctan(pi, 4, 239, false);
	memcpy(out, pi + 1, PI_WORDS * sizeof(*out));
}

struct blowfish {
	uint32_t p[BLOWFISH_P];
	uint32_t s[4][256];
};
_Static_assert(sizeof(struct blowfish) == PI_WORDS * sizeof(uint32_t),
    "it begins as the digits of pi, in this order");

static struct blowfish beginning;
static pthread_once_t begun = PTHREAD_ONCE_INIT;

static void
begin(void)
{
	uint32_t pi[PI_WORDS];

	bcrypt_pi(pi);
	memcpy(&beginning, pi, sizeof(beginning));
}

static uint32_t
mix(const struct blowfish *b, uint32_t x)
{
	return ((b->s[0][x >> 24] + b->s[1][x >> 16 & 0xff]) ^
		   b->s[2][x >> 8 & 0xff]) +
	       b->s[3][x & 0xff];
}

static void
encipher(const struct blowfish *b, uint32_t half[static 2])
{
	uint32_t left = half[0], right = half[1];

	for (int i = 0; i < TURNS; i += 2) {
		left ^= b->p[i];
		right ^= mix(b, left) ^ b->p[i + 1];
		left ^= mix(b, right);
	}
	half[0] = right ^ b->p[TURNS + 1];
	half[1] = left ^ b->p[TURNS];
}

/* The bytes of a SHA-512, again and again, as words. */
struct stream {
	const unsigned char *bytes;
	size_t at;
};

static uint32_t
next(struct stream *s)
{
	uint32_t word = 0;

	for (int i = 0; i < 4; i++) {
		word = word << 8 | s->bytes[s->at];
		s->at = (s->at + 1) % CRYPTO_SHA512;
	}
	return word;
}

/* Blowfish's key schedule; with a salt, the one of bcrypt ("eks"). */
static void
expand(struct blowfish *b, const unsigned char *salt, const unsigned char *key)
{
	struct stream salted = { salt, 0 }, keyed = { key, 0 };
	uint32_t half[2] = { 0, 0 };
	uint32_t *s = &b->s[0][0];

	for (int i = 0; i < BLOWFISH_P; i++)
		b->p[i] ^= next(&keyed);
	for (int i = 0; i < PI_WORDS; i += 2) {
		uint32_t *to = i < BLOWFISH_P ? b->p + i : s + i - BLOWFISH_P;

		if (salt != NULL) {
			half[0] ^= next(&salted);
			half[1] ^= next(&salted);
		}
		encipher(b, half);
		to[0] = half[0];
		to[1] = half[1];
	}
}

static void
hash(struct blowfish *b, const unsigned char *key, const unsigned char *salt,
    unsigned char out[static HASH])
{
	static const unsigned char text[HASH + 1] =
	    "OxychromaticBlowfishSwatDynamite";
	struct stream letters = { text, 0 };
	uint32_t words[HASH_WORDS];

	*b = beginning;
	expand(b, salt, key);
	for (int i = 0; i < 64; i++) {
		expand(b, NULL, salt);
		expand(b, NULL, key);
	}
	for (int i = 0; i < HASH_WORDS; i++)
		words[i] = next(&letters);
	for (int i = 0; i < HASH_WORDS; i += 2)
		for (int times = 0; times < 64; times++)
			encipher(b, words + i);
	for (int i = 0; i < HASH; i++) /* little-endian */
		out[i] = (unsigned char)(words[i / 4] >> i % 4 * 8);
	explicit_bzero(words, sizeof(words));
}

/* All that depends on the passphrase, so that it is in secret memory. */
struct work {
	struct blowfish b;
	unsigned char key[CRYPTO_SHA512], salt[CRYPTO_SHA512];
	unsigned char once[HASH], all[HASH];
};

/* Block number count of the derived key. */
static int
derive(struct work *w, struct hd_bytes salt, uint32_t count, uint32_t cost,
    enum hd_cancel stage)
{
	HD_AUTO_SECRET unsigned char *salted = hd_secret_alloc(salt.n + 4);

	memcpy(salted, salt.p, salt.n);
	hd_wire_put_u32(salted + salt.n, count);
	crypto_sha512(salted, salt.n + 4, w->salt);
	memset(w->all, 0, HASH);
	for (uint32_t i = 0; i < cost; i++) {
		if (hd_cancel_reached(stage))
			return -1;
		hash(&w->b, w->key, w->salt, w->once);
		for (int at = 0; at < HASH; at++)
			w->all[at] ^= w->once[at];
		crypto_sha512(w->once, HASH, w->salt);
	}
	return 0;
}

int
bcrypt_pbkdf(unsigned char *out, size_t n, struct hd_bytes passphrase,
    struct hd_bytes salt, uint32_t cost, enum hd_cancel stage)
{
	HD_AUTO_SECRET struct work *w = hd_secret_alloc(sizeof(*w));
	size_t blocks = (n + HASH - 1) / HASH;
	/* as many bytes of each block as are needed, interleaved */
	size_t used = blocks > 0 ? (n + blocks - 1) / blocks : 0;

	pthread_once(&begun, begin);
	crypto_sha512(passphrase.p, passphrase.n, w->key);
	for (size_t block = 0; block < blocks; block++) {
		if (derive(w, salt, (uint32_t)block + 1, cost, stage) < 0)
			return -1;
		for (size_t i = 0; i < used && i * blocks + block < n; i++)
			out[i * blocks + block] = w->all[i];
	}
	return 0;
}
