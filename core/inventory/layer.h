#ifndef HD_LAYER_H
#define HD_LAYER_H

#include "core/inventory/section.h"

/*
 * The sections that configure one thing, least specific first; the most
 * specific wins. It replaces a list that repeats as a whole; environment
 * variables and hooks are merged by name.
 */
struct hd_layers {
	const struct hd_section *v[3]; /* NULL: no such section */
	size_t n;
};

/* Stores the keys of s, which may be NULL, in into. Copies of into can then be
 * changed independently. */
void hd_layer_apply(const struct hd_section *s, void *into, enum hd_scope scope,
    struct hd_arena *arena);
/* The next required key from row *i on that no layer sets; NULL at the end.
 * Advances *i. */
const struct hd_key *hd_layers_missing(const struct hd_layers *layers,
    const void *into, enum hd_scope scope, size_t *i);

#endif
