#include "transport/keys/wire.h"

#include <string.h>

/* The next n bytes, or NULL. */
static const unsigned char *
take(struct hd_wire *w, size_t n)
{
	const unsigned char *at = w->p;

	if (w->bad || n > w->left) {
		w->bad = true;
		return NULL;
	}
	w->p += n;
	w->left -= n;
	return at;
}

static uint64_t
number(struct hd_wire *w, size_t n)
{
	const unsigned char *at = take(w, n);
	uint64_t value = 0;

	for (size_t i = 0; at != NULL && i < n; i++)
		value = value << 8 | at[i];
	return value;
}

unsigned
hd_wire_byte(struct hd_wire *w)
{
	return (unsigned)number(w, 1);
}

uint32_t
hd_wire_u32(struct hd_wire *w)
{
	return (uint32_t)number(w, 4);
}

uint64_t
hd_wire_u64(struct hd_wire *w)
{
	return number(w, 8);
}

struct hd_bytes
hd_wire_string(struct hd_wire *w)
{
	size_t n = hd_wire_u32(w);
	const unsigned char *at = take(w, n);

	return at != NULL ? (struct hd_bytes){ at, n }
			  : (struct hd_bytes){ (const unsigned char *)"", 0 };
}

struct hd_wire
hd_wire_of(struct hd_bytes b)
{
	return (struct hd_wire){ b.p, b.n, false };
}

bool
hd_bytes_are(struct hd_bytes b, const char *text)
{
	return b.n == strlen(text) && memcmp(b.p, text, b.n) == 0;
}

bool
hd_bytes_equal(struct hd_bytes a, struct hd_bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

unsigned char *
hd_wire_put_u32(unsigned char *out, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		*out++ = (unsigned char)(value >> shift & 0xff);
	return out;
}

unsigned char *
hd_wire_put(unsigned char *out, const void *p, size_t n)
{
	out = hd_wire_put_u32(out, (uint32_t)n);
	memcpy(out, p, n);
	return out + n;
}
