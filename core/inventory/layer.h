#ifndef HD_LAYER_H
#define HD_LAYER_H

#include "core/inventory/section.h"

/*
 * Sections that speak of the same thing, farthest first: the nearest has the
 * last word. A list that repeats is replaced as a whole by a nearer section
 * that mentions it; environment variables and hooks are merged by name.
 */
struct hd_layers {
	const struct hd_section *v[3]; /* NULL where there is none */
	size_t n;
};

/* Sets the keys of one layer, which may be NULL, in into. Copies of into may be
 * changed one by one afterwards. */
void hd_layer_apply(const struct hd_section *s, void *into, enum hd_scope scope,
    struct hd_arena *arena);
/* The next required key, from row *i on, that no layer mentions; NULL at the
 * end. Advances *i. */
const struct hd_key *hd_layers_missing(const struct hd_layers *layers,
    const void *into, enum hd_scope scope, size_t *i);

#endif
