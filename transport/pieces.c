#include "transport/pieces.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Moves to the piece of offset: mostly forward, because uploads read from the
 * start to the end. */
static void
find(struct hd_pieces *p, uint64_t offset)
{
	const struct hd_piece *v = p->u->pieces;

	while (offset < p->begin)
		p->begin -= v[--p->piece].length;
	while (offset - p->begin >= v[p->piece].length) {
		p->begin += v[p->piece++].length;
		assert(p->piece < p->u->n);
	}
}

static ssize_t
read_some(struct hd_pieces *p, uint64_t offset, char *room, size_t n)
{
	const struct hd_piece *piece;
	uint64_t skip, left;
	ssize_t got;

	find(p, offset);
	piece = &p->u->pieces[p->piece];
	skip = offset - p->begin;
	left = piece->length - skip;
	do
		got = pread(piece->fd, room, left < n ? (size_t)left : n,
		    (off_t)(piece->offset + skip));
	while (got < 0 && errno == EINTR);
	return got;
}

int
hd_pieces_read(struct hd_pieces *p, uint64_t offset, char *room, size_t n,
    struct hd_err *err)
{
	while (n > 0) {
		ssize_t got = read_some(p, offset, room, n);

		if (got <= 0)
			return hd_err_set(err, HD_ELOCAL,
			    "reading the file to upload: %s",
			    got < 0 ? strerror(errno) : "it was truncated");
		offset += (uint64_t)got;
		room += got;
		n -= (size_t)got;
	}
	return 0;
}
