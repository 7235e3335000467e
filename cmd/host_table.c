#include "cmd/host_table.h"

#include <string.h>

static void *
add(struct hd_host_table *t, const char *host, size_t size)
{
	const char *copy =
	    host != NULL ? hd_arena_strdup(&t->arena, host) : NULL;
	void *entry = hd_arena_alloc(&t->arena, size);

	memcpy(entry, &copy, sizeof(copy));
	*HD_PUSH(&t->arena, t) = entry;
	*hd_index_at(&t->places, &t->arena, copy != NULL ? copy : "") = t->n;
	return entry;
}

void *
hd_host_table_at(struct hd_host_table *t, const char *host, size_t size)
{
	size_t place = hd_index_get(&t->places, host != NULL ? host : "");

	return place > 0 ? t->v[place - 1] : add(t, host, size);
}

void
hd_host_table_done(struct hd_host_table *t)
{
	hd_arena_done(&t->arena);
	*t = (struct hd_host_table){ 0 };
}
