#ifndef HD_PIECES_H
#define HD_PIECES_H

#include "transport/transport.h"

/* The pieces of an upload, read as one file. */
struct hd_pieces {
	const struct hd_upload *u;
	/* the piece of the last read, and the offset where that piece begins;
	 * start with zero */
	size_t piece;
	uint64_t begin;
};

/* Fills room with the n bytes at offset, which must end within u->size.
 * HD_ELOCAL if a piece cannot be read, or is shorter than its length. */
int hd_pieces_read(struct hd_pieces *p, uint64_t offset, char *room, size_t n,
    struct hd_err *err) HD_CHECK;

#endif
