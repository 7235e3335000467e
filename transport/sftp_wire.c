#include "transport/sftp_wire.h"

#include <string.h>

enum { INIT = 1, OPEN = 3, CLOSE = 4, WRITE = 6, FSETSTAT = 10, MKDIR = 14 };
enum { OPEN_WRITE = 2, OPEN_CREATE = 8, OPEN_TRUNCATE = 16 };
enum { ATTR_SIZE = 1, ATTR_MODE = 4 };

/* An SFTP server sends no longer answers. */
enum { REPLY_MAX = 256 * 1024 };

static unsigned char *
put32(unsigned char *p, uint32_t n)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		*p++ = (unsigned char)(n >> shift);
	return p;
}

static unsigned char *
put64(unsigned char *p, uint64_t n)
{
	return put32(put32(p, (uint32_t)(n >> 32)), (uint32_t)n);
}

static unsigned char *
put_bytes(unsigned char *p, const void *bytes, size_t n)
{
	p = put32(p, (uint32_t)n);
	memcpy(p, bytes, n);
	return p + n;
}

static uint32_t
get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static unsigned char *
begin(unsigned char *p, unsigned char type, uint32_t id)
{
	p += 4;
	*p++ = type;
	return put32(p, id);
}

/* extra: bytes that follow end. */
static size_t
finish(unsigned char *p, const unsigned char *end, size_t extra)
{
	size_t n = (size_t)(end - p);

	(void)put32(p, (uint32_t)(n - 4 + extra));
	return n;
}

size_t
sftp_put_init(unsigned char *p)
{
	return finish(p, begin(p, INIT, 3), 0);
}

size_t
sftp_put_mkdir(unsigned char *p, uint32_t id, const char *path, size_t n)
{
	unsigned char *q = put_bytes(begin(p, MKDIR, id), path, n);

	return finish(p, put32(put32(q, ATTR_MODE), 0700), 0);
}

size_t
sftp_put_open(unsigned char *p, uint32_t id, const char *path, bool truncate)
{
	unsigned char *q = put_bytes(begin(p, OPEN, id), path, strlen(path));

	q = put32(q, OPEN_WRITE | OPEN_CREATE | (truncate ? OPEN_TRUNCATE : 0));
	return finish(p, put32(put32(q, ATTR_MODE), 0600), 0);
}

size_t
sftp_put_size(
    unsigned char *p, uint32_t id, const struct sftp_handle *h, uint64_t size)
{
	unsigned char *q = put_bytes(begin(p, FSETSTAT, id), h->bytes, h->n);

	return finish(p, put64(put32(q, ATTR_SIZE), size), 0);
}

size_t
sftp_put_write(unsigned char *p, uint32_t id, const struct sftp_handle *h,
    uint64_t offset, size_t n)
{
	unsigned char *q = put_bytes(begin(p, WRITE, id), h->bytes, h->n);

	return finish(p, put32(put64(q, offset), (uint32_t)n), n);
}

size_t
sftp_put_close(unsigned char *p, uint32_t id, const struct sftp_handle *h)
{
	return finish(p, put_bytes(begin(p, CLOSE, id), h->bytes, h->n), 0);
}

static size_t
fill(struct sftp_reader *r, const unsigned char **p, size_t *n, size_t want)
{
	size_t part = want > r->n ? want - r->n : 0;

	if (part > *n)
		part = *n;
	memcpy(r->head + r->n, *p, part);
	r->n += part;
	*p += part;
	*n -= part;
	return r->n;
}

static void
drop(struct sftp_reader *r, const unsigned char **p, size_t *n)
{
	size_t part = r->skip < *n ? (size_t)r->skip : *n;

	r->skip -= part;
	*p += part;
	*n -= part;
}

static bool
parse(const unsigned char *head, size_t len, struct sftp_reply *out)
{
	*out = (struct sftp_reply){ .type = head[4] };
	if (len < 5)
		return false;
	out->id = get32(head + 5);
	if (out->type == SFTP_VERSION)
		return true;
	if (len < 9)
		return false;
	out->code = get32(head + 9);
	if (out->type == SFTP_STATUS)
		return true;
	out->handle.n = out->code;
	if (out->type != SFTP_HANDLE || out->handle.n > SFTP_HANDLE_MAX ||
	    out->handle.n > len - 9)
		return false;
	memcpy(out->handle.bytes, head + 13, out->handle.n);
	return true;
}

int
sftp_read(struct sftp_reader *r, const unsigned char **p, size_t *n,
    struct sftp_reply *out)
{
	size_t len, want;

	drop(r, p, n);
	if (r->skip > 0 || fill(r, p, n, 4) < 4)
		return 0;
	len = get32(r->head);
	if (len < 5 || len > REPLY_MAX)
		return -1;
	want = 4 + len < sizeof(r->head) ? 4 + len : sizeof(r->head);
	if (fill(r, p, n, want) < want)
		return 0;
	r->n = 0;
	r->skip = 4 + len - want;
	return parse(r->head, len, out) ? 1 : -1;
}
