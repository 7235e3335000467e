#include "core/artifact/chunk.h"

#include "core/artifact/cuts.h"
#include "core/artifact/gunzip.h"
#include "core/base/cancel.h"

#include <string.h>
#include <unistd.h>

bool
hd_chunks_seem(int fd)
{
	char head[HD_CHUNK_ENDS];

	return pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
	       memcmp(head, HD_CHUNK_HEAD, sizeof(head)) == 0;
}

/* Chunk i ends at cut i, where flush i + 1 must be; flush 0 is the start. */
static bool
match(const struct hd_cuts *cuts, const struct hd_gunzip_sums *sums)
{
	const struct hd_flush *f = sums->flushes;

	if (sums->nflushes != cuts->n + 1 || f[0].offset != HD_CHUNK_ENDS ||
	    f[cuts->n].offset + HD_CHUNK_ENDS != sums->size)
		return false;
	for (size_t i = 0; i < cuts->n; i++)
		if (f[i + 1].at != cuts->v[i])
			return false;
	return true;
}

void
hd_chunks_find(struct hd_chunks *out, struct hd_arena *arena,
    const struct hd_cuts *cuts, const struct hd_gunzip_sums *sums)
{
	const struct hd_flush *f = sums->flushes;

	if (!match(cuts, sums))
		return;
	for (size_t i = 0; i < cuts->n; i++)
		*HD_PUSH(arena, out) = (struct hd_chunk){ .offset = f[i].offset,
			.length = f[i + 1].offset - f[i].offset };
}

int
hd_chunks_digest(struct hd_chunks *chunks, int fd, struct hd_err *err)
{
	struct hd_sha256 *h = hd_sha256_new();
	int status = 0;

	for (size_t i = 0; status == 0 && i < chunks->n; i++) {
		struct hd_chunk *c = &chunks->v[i];

		status = hd_sha256_add_range(h, fd, c->offset, c->length, err);
		hd_sha256_hex(h, c->sha256);
		if (status == 0 && hd_cancel_requested())
			status = hd_err_set(err, HD_ECANCELED, "interrupted");
	}
	hd_sha256_free(h);
	return status;
}
