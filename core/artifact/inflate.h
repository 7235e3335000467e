#ifndef HD_INFLATE_H
#define HD_INFLATE_H

#include <stdbool.h>
#include <zlib.h>

/* Of z_stream.data_type; see inflate() in zlib.h. */
enum {
	HD_INFLATE_BITS_LEFT = 7,
	HD_INFLATE_LAST_BLOCK = 64,
	HD_INFLATE_BLOCK_ENDED = 128,
};

/* Begins z, which is zero, with memory of alloc.h: if memory ran out, zlib
 * would report a good file as damaged. window: see inflateInit2(). The caller
 * calls inflateEnd(). False only if zlib is not the one of its header. */
bool hd_inflate_begin(z_stream *z, int window);

#endif
