#ifndef HD_DEFLATE_H
#define HD_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Compresses chunks (chunk.h) for one deflate stream (RFC 1951). Each begins
 * and ends on a whole byte, refers to no byte before it, and leaves the stream
 * open. The result depends on the bytes and the version of libdeflate alone.
 */
struct hd_deflate;

struct hd_deflate *hd_deflate_new(void);
void hd_deflate_free(struct hd_deflate *d); /* NULL is fine */
/* The largest size of the chunk of n bytes. */
size_t hd_deflate_bound(size_t n);
/* Returns the size of the chunk in out, which has room for
 * hd_deflate_bound(n). 0: the library's result does not unpack to p. */
size_t hd_deflate(
    struct hd_deflate *d, const unsigned char *p, size_t n, unsigned char *out);

/* CRC-32 of n bytes, and that of a sequence from the CRC-32 of its parts. */
uint32_t hd_crc32(const unsigned char *p, size_t n);
uint32_t hd_crc32_join(uint32_t first, uint32_t second, uint64_t nsecond);

#endif
