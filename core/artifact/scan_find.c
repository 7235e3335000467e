/* Lookups in the results of a scan. */
#include "core/artifact/scan.h"

#include <string.h>

size_t
hd_scan_bound(const struct hd_scan *s, const char *path)
{
	size_t low = 0, high = s->items.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(s->items.v[mid].entry.path, path) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool
hd_scan_has(const struct hd_scan *s, const char *path)
{
	size_t i = hd_scan_bound(s, path);

	return i < s->items.n && strcmp(s->items.v[i].entry.path, path) == 0;
}

void
hd_scan_done(struct hd_scan *s)
{
	hd_arena_done(&s->arena);
}
