#ifndef HD_HOST_TABLE_H
#define HD_HOST_TABLE_H

#include "core/base/index.h"

/*
 * What a screen keeps of each host between events: one zeroed entry per host,
 * in the order in which hosts came. The first member of an entry is
 * `const char *host`; NULL is this machine. Finding one takes the same time
 * however many hosts there are.
 */
struct hd_host_table {
	struct hd_arena arena; /* also for what entries point to */
	void **v;
	size_t n, cap;
	struct hd_index places; /* 1 + its place, of each host; "": NULL */
};

/* The entry of a host, of this size: a new one if there is none. It stays
 * where it is until hd_host_table_done(). */
void *hd_host_table_at(struct hd_host_table *t, const char *host, size_t size);
void hd_host_table_done(struct hd_host_table *t);

#endif
