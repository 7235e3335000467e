#ifndef HD_CHUNKER_H
#define HD_CHUNKER_H

#include "core/artifact/chunk.h"
#include "core/base/attr.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Writes a tar as a gzip file of one member, in chunks (chunk.h) that it cuts
 * by the rules of cuts.h and compresses on several threads, in bounded memory.
 * The bytes do not depend on the number of threads.
 */
struct hd_chunker;

/* Borrows fd. threads: that compress beside the caller's, at most
 * HD_CHUNKER_THREADS; 0: the caller's compresses. */
enum { HD_CHUNKER_THREADS = 8 };
struct hd_chunker *hd_chunker_new(int fd, size_t threads);
void hd_chunker_free(struct hd_chunker *c); /* NULL is fine */

/* The header of this entry comes next; then, that of an entry with size bytes
 * was written and its bytes come next. */
void hd_chunker_entry(struct hd_chunker *c, const char *path);
void hd_chunker_data(struct hd_chunker *c, uint64_t size);

/* The next bytes of the tar; its end. They block until a processor is free.
 * Return 0, or -1 with errno. */
int hd_chunker_add(struct hd_chunker *c, const void *p, size_t n) HD_CHECK;
int hd_chunker_end(struct hd_chunker *c) HD_CHECK;
/* The chunks, without digests, valid until hd_chunker_free(). */
const struct hd_chunks *hd_chunker_chunks(const struct hd_chunker *c);

#endif
