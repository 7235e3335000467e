#include "core/artifact/gunzip.h"

#include "core/artifact/inflate.h"
#include "core/base/alloc.h"
#include "core/base/cancel.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
	BLOCK = 64 * 1024,
	GZIP_WINDOW = 16 + 15,
	EITHER_WINDOW = 32 + 15,
	FLUSHES_MAX = 256 * 1024,
};

struct hd_gunzip {
	int fd;
	bool done;
	z_stream z;
	struct hd_sha256 *digest;
	uint64_t length, zeros, size;
	uint64_t block_end; /* in the contents, of the latest deflate block */
	struct hd_arena arena;
	struct {
		struct hd_flush *v;
		size_t n, cap;
	} flushes;
	unsigned char in[BLOCK], out[BLOCK];
};

int
hd_gunzip_new(struct hd_gunzip **out, int fd, struct hd_err *err)
{
	struct hd_gunzip *g = hd_alloc(sizeof(*g));

	if (!hd_inflate_begin(&g->z, GZIP_WINDOW)) {
		free(g);
		return hd_err_set(err, HD_ELOCAL, "cannot start zlib");
	}
	g->fd = fd;
	g->digest = hd_sha256_new();
	*out = g;
	return 0;
}

void
hd_gunzip_free(struct hd_gunzip *g)
{
	if (g == NULL)
		return;
	inflateEnd(&g->z);
	hd_sha256_free(g->digest);
	hd_arena_done(&g->arena);
	free(g);
}

/* Reads the next block. Returns its size, 0 at the end of the file. */
static long
fill(struct hd_gunzip *g, struct hd_err *err)
{
	ssize_t n;

	do
		n = pread(g->fd, g->in, BLOCK, (off_t)g->size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return hd_err_set(err, HD_ELOCAL, "read: %s", strerror(errno));
	hd_sha256_add(g->digest, g->in, (size_t)n);
	g->size += (uint64_t)n;
	g->z.next_in = g->in;
	g->z.avail_in = (uInt)n;
	return n;
}

/* As fill(), but the end of the file is an error. */
static int
need(struct hd_gunzip *g, struct hd_err *err)
{
	bool first = g->size == 0;
	long n = fill(g, err);

	if (n < 0)
		return -1;
	if (n == 0 && first)
		return hd_err_set(err, HD_ELOCAL, "is empty");
	if (n == 0)
		return hd_err_set(err, HD_ELOCAL,
		    "truncated: ends after %llu bytes, in the middle of its "
		    "data; build or copy it again",
		    (unsigned long long)g->size);
	if (first && (g->in[0] != 0x1f || (n > 1 && g->in[1] != 0x8b)))
		return hd_err_set(
		    err, HD_ELOCAL, "not a gzip file; a release is a .tar.gz");
	return 0;
}

static int
check_end(struct hd_gunzip *g, struct hd_err *err)
{
	long n = g->z.avail_in > 0 ? 1 : fill(g, err);

	if (n < 0)
		return -1;
	if (n > 0)
		return hd_err_set(err, HD_ELOCAL,
		    "has extra data after the end of its compressed data; "
		    "build or copy it again");
	g->done = true;
	return 0;
}

static void
count_zeros(struct hd_gunzip *g, size_t n)
{
	size_t tail = 0;

	while (tail < n && g->out[n - 1 - tail] == 0)
		tail++;
	g->zeros = tail == n ? g->zeros + n : tail;
	g->length += n;
}

/* A flush leaves an empty block that ends on a whole byte. */
static void
note_block(struct hd_gunzip *g)
{
	uint64_t at = g->length + BLOCK - g->z.avail_out;
	bool empty = at == g->block_end;

	if ((g->z.data_type & HD_INFLATE_BLOCK_ENDED) == 0 ||
	    (g->z.data_type & HD_INFLATE_LAST_BLOCK) != 0)
		return;
	g->block_end = at;
	if (empty && (g->z.data_type & HD_INFLATE_BITS_LEFT) == 0 &&
	    g->flushes.n < FLUSHES_MAX)
		*HD_PUSH(&g->arena, &g->flushes) =
		    (struct hd_flush){ g->size - g->z.avail_in, at };
}

long
hd_gunzip_read(struct hd_gunzip *g, const void **block, struct hd_err *err)
{
	g->z.next_out = g->out;
	g->z.avail_out = BLOCK;
	if (hd_cancel_requested())
		return hd_err_set(err, HD_ECANCELED, "interrupted");
	while (!g->done && g->z.avail_out > 0) {
		int status;

		if (g->z.avail_in == 0 && need(g, err) < 0)
			return -1;
		status = inflate(&g->z, Z_BLOCK);
		note_block(g);
		if (status == Z_STREAM_END && check_end(g, err) < 0)
			return -1;
		if (status != Z_STREAM_END && status != Z_OK &&
		    status != Z_BUF_ERROR)
			return hd_err_set(err, HD_ELOCAL,
			    "damaged near byte %llu (%s); build or copy it "
			    "again",
			    (unsigned long long)(g->size - g->z.avail_in),
			    g->z.msg != NULL ? g->z.msg : "bad gzip data");
	}
	count_zeros(g, BLOCK - g->z.avail_out);
	*block = g->out;
	return (long)(BLOCK - g->z.avail_out);
}

void
hd_gunzip_sums(struct hd_gunzip *g, struct hd_gunzip_sums *out)
{
	out->length = g->length;
	out->zeros = g->zeros;
	out->size = g->size;
	out->flushes = g->flushes.v;
	out->nflushes = g->flushes.n;
	hd_sha256_hex(g->digest, out->sha256);
}

unsigned char *
hd_inflate(const unsigned char *p, size_t n, size_t max, size_t *len)
{
	z_stream z = { 0 };
	unsigned char *out = NULL;
	size_t room = 0;
	int status = Z_OK;

	if (n > UINT32_MAX || !hd_inflate_begin(&z, EITHER_WINDOW))
		return NULL;
	z.next_in = (z_const Bytef *)(uintptr_t)p;
	z.avail_in = (uInt)n;
	while (status == Z_OK && room < max) {
		size_t more = room > 0 ? room : BLOCK;

		more = more < max - room ? more : max - room;
		out = hd_realloc(out, room + more);
		z.next_out = out + room;
		z.avail_out = (uInt)more;
		room += more;
		status = inflate(&z, Z_NO_FLUSH);
		room -= z.avail_out;
	}
	inflateEnd(&z);
	if (status == Z_STREAM_END && z.avail_in == 0) {
		*len = room;
		return out;
	}
	free(out);
	return NULL;
}
