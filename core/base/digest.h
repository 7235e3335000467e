#ifndef HD_DIGEST_H
#define HD_DIGEST_H

#include "core/base/err.h"
#include "core/base/str.h"

#include <stddef.h>
#include <stdint.h>

/* The only user of libcrypto. */

enum { HD_SHA256_LEN = 32, HD_SHA256_HEX = 65 /* with the NUL */ };

/* Makes libcrypto allocate through alloc.h. Call it before any other use of
 * libcrypto in the process. */
void hd_digest_init(void);
/* The version of libcrypto that this process uses: "OpenSSL 3.0.15 ...". */
const char *hd_digest_library(void);

/* A SHA-256 of data that arrives in pieces. */
struct hd_sha256;
struct hd_sha256 *hd_sha256_new(void);
void hd_sha256_add(struct hd_sha256 *h, const void *p, size_t n);
/* Adds length bytes of fd from offset, wherever its position is. HD_ELOCAL,
 * also if the file is shorter. Blocks. */
int hd_sha256_add_range(struct hd_sha256 *h, int fd, uint64_t offset,
    uint64_t length, struct hd_err *err) HD_CHECK;
/* The digest in lower-case hex; h is then ready for a new message. */
void hd_sha256_hex(struct hd_sha256 *h, char out[static HD_SHA256_HEX]);
void hd_sha256_free(struct hd_sha256 *h); /* NULL is fine */

/* Digest and size of the whole file fd, which is rewound. HD_ELOCAL. */
int hd_sha256_fd(int fd, char out[static HD_SHA256_HEX], uint64_t *size,
    struct hd_err *err) HD_CHECK;

/* HMAC-SHA1, which hides names in known_hosts (sshd(8), |1|salt|hash). One
 * object serves many messages without allocating, because each line needs one.
 * The key has at most 64 bytes. */
struct hd_hmac_sha1;
struct hd_hmac_sha1 *hd_hmac_sha1_new(void);
void hd_hmac_sha1(struct hd_hmac_sha1 *h, const void *key, size_t nkey,
    const void *p, size_t n, unsigned char out[static 20]);
void hd_hmac_sha1_free(struct hd_hmac_sha1 *h); /* NULL is fine */

/* "SHA256:" and unpadded base64, as ssh-keygen -l prints it. */
void hd_key_fingerprint(const void *blob, size_t n, struct hd_str *out);

/* RFC 4648 base64, padded. */
void hd_base64_encode(const void *p, size_t n, struct hd_str *out);
/* RFC 4648 base64. Returns the decoded length, or -1 if text is not base64
 * or does not fit in max bytes. */
long hd_base64_decode(
    const char *text, size_t n, unsigned char *out, size_t max);

/* n random bytes as 2n hex digits and a NUL. */
void hd_random_hex(char *out, size_t n);

#endif
