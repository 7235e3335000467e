#ifndef HD_INDEX_H
#define HD_INDEX_H

#include "core/base/alloc.h"

/*
 * A number for each of many texts, found in the time that it takes to read the
 * text, whatever the others are: hosts choose what they send, so no hashing.
 * { 0 } is an empty one. It lives in an arena, texts are borrowed.
 */
struct hd_index {
	struct hd_index_node *root;
};

/* The number of text: 0 if it was not there before. Valid as long as a. */
size_t *hd_index_at(struct hd_index *x, struct hd_arena *a, const char *text);
/* 0: not there. */
size_t hd_index_get(const struct hd_index *x, const char *text);

#endif
