#include "core/artifact/inflate.h"

#include "core/base/alloc.h"

#include <stdlib.h>

static voidpf
take(voidpf ctx, uInt n, uInt size)
{
	(void)ctx;
	return hd_alloc((size_t)n * size);
}

static void
give(voidpf ctx, voidpf p)
{
	(void)ctx;
	free(p);
}

bool
hd_inflate_begin(z_stream *z, int window)
{
	z->zalloc = take;
	z->zfree = give;
	return inflateInit2(z, window) == Z_OK;
}
