#ifndef HD_SCAN_H
#define HD_SCAN_H

#include "core/artifact/artifact.h"
#include "core/artifact/rel.h"

#include <stdbool.h>

/* The results of one pass over a tarball. */

struct hd_item {
	struct hd_entry entry;
	char identity[HD_SHA256_HEX]; /* as entry.sha256, without parts that
					 differ in each build; "": is not
					 part of the version's */
	char code[HD_SHA256_HEX];     /* of a module: beam.h; "": none */
};

struct hd_scan {
	struct hd_arena arena;
	struct hd_texts texts;  /* that hd_text_kept() selects */
	struct hd_strs folders; /* no trailing slash; may repeat */
	struct {
		struct hd_item *v;
		size_t n, cap;
	} items; /* in the tarball's order; may repeat */
	uint64_t size;
	char sha256[HD_SHA256_HEX]; /* of the tarball */
	struct hd_chunks chunks;    /* without digests; empty: not in chunks */
	struct {
		struct hd_program *v;
		size_t n, cap;
	} programs;    /* in the tarball's order; may repeat */
	bool writable; /* other users could write to an entry: hd_repack() */
};

/*
 * Reads the tarball from its start without moving fd's offset. max: the limit
 * for the bytes of all files. copy: an empty file, which gets the same release
 * in chunks, as from hd_repack(); then size, sha256, chunks and writable
 * describe the copy. -1: no copy. HD_ELOCAL, naming the entry, if the tarball
 * is not a whole .tar.gz, exceeds a limit (tally.h) or has an entry that a
 * release must not have; HD_ECANCELED. The caller calls hd_scan_done() in any
 * case.
 */
int hd_scan_tarball(struct hd_scan *out, int fd, uint64_t max, int copy,
    struct hd_err *err) HD_CHECK;
/* The same by the rules of driver = app (names.h). A "./" at the beginning of a
 * path is dropped; no texts and programs are read. */
int hd_scan_plain(struct hd_scan *out, int fd, uint64_t max, int copy,
    struct hd_err *err) HD_CHECK;
/* For items that are sorted by path: the index of the first that is not less
 * than path, and whether path is one of them. */
size_t hd_scan_bound(const struct hd_scan *s, const char *path);
bool hd_scan_has(const struct hd_scan *s, const char *path);
void hd_scan_done(struct hd_scan *s);

#endif
