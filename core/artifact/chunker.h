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

/* Borrows fd. threads: how many threads compress, at most HD_CHUNKER_THREADS;
 * 0: the caller's thread compresses. */
enum { HD_CHUNKER_THREADS = 8 };
struct hd_chunker *hd_chunker_new(int fd, size_t threads);
void hd_chunker_free(struct hd_chunker *c); /* NULL is fine */

/* hd_chunker_entry(): the header of this entry comes next. hd_chunker_data():
 * the header was added, and the size bytes of the entry come next. */
void hd_chunker_entry(struct hd_chunker *c, const char *path);
void hd_chunker_data(struct hd_chunker *c, uint64_t size);

/* Add the next bytes of the tar, and end it. Both block until a processor is
 * free. They return 0, or -1 with errno. */
int hd_chunker_add(struct hd_chunker *c, const void *p, size_t n) HD_CHECK;
int hd_chunker_end(struct hd_chunker *c) HD_CHECK;
/* The chunks, without digests, valid until hd_chunker_free(). */
const struct hd_chunks *hd_chunker_chunks(const struct hd_chunker *c);

#endif
