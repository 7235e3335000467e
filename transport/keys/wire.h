#ifndef HD_WIRE_H
#define HD_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads the data types of SSH (RFC 4251, section 5) from untrusted bytes:
 * keys, certificates, messages of an agent. After the first value
 * that does not fit, bad is set and every later value is empty, so the caller
 * checks once at the end.
 */
struct hd_wire {
	const unsigned char *p;
	size_t left;
	bool bad;
};
/* Borrowed from the bytes that are read. */
struct hd_bytes {
	const unsigned char *p;
	size_t n;
};

unsigned hd_wire_byte(struct hd_wire *w);
uint32_t hd_wire_u32(struct hd_wire *w);
uint64_t hd_wire_u64(struct hd_wire *w);
struct hd_bytes hd_wire_string(struct hd_wire *w);
/* A reader for the inside of a string. */
struct hd_wire hd_wire_of(struct hd_bytes b);

bool hd_bytes_are(struct hd_bytes b, const char *text);
bool hd_bytes_equal(struct hd_bytes a, struct hd_bytes b);

/* Write these types. out has room for 4 bytes, or for 4 + n; return the byte
 * after them. */
unsigned char *hd_wire_put_u32(unsigned char *out, uint32_t value);
unsigned char *hd_wire_put(unsigned char *out, const void *p, size_t n);

#endif
