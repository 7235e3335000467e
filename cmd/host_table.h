#ifndef HD_HOST_TABLE_H
#define HD_HOST_TABLE_H

#include "core/base/index.h"

/*
 * State that a screen keeps per host between events: one entry per host, zeroed
 * when added, in order of first use. The first member of an entry must be
 * `const char *host`; NULL is this machine. Lookup takes constant time.
 */
struct hd_host_table {
	struct hd_arena arena; /* entries, and data that they point to */
	void **v;
	size_t n, cap;
	struct hd_index places; /* name (NULL: "") -> 1 + place in v */
};

/* The entry of a host, size bytes, added if missing. Valid, at the same
 * address, until hd_host_table_done(). */
void *hd_host_table_at(struct hd_host_table *t, const char *host, size_t size);
void hd_host_table_done(struct hd_host_table *t);

#endif
