#ifndef HD_INDEX_H
#define HD_INDEX_H

#include "core/base/alloc.h"

/*
 * Maps texts to numbers. The time of a look-up depends only on the length of
 * the text: hosts choose the texts, and could attack a hash table. { 0 } is
 * empty. Nodes are allocated in an arena; texts are borrowed.
 */
struct hd_index {
	struct hd_index_node *root;
};

/* Points to the number of text, which is 0 if text is new. The pointer is valid
 * as long as a. */
size_t *hd_index_at(struct hd_index *x, struct hd_arena *a, const char *text);
/* The number of text, or 0 if it is missing. */
size_t hd_index_get(const struct hd_index *x, const char *text);

#endif
