/*
 * A crit-bit tree (D. J. Bernstein): an inner node names the first bit in
 * which the texts below it differ. The NUL is part of a text, so that no text
 * is a prefix of another.
 */
#include "core/base/index.h"

#include <stdint.h>
#include <string.h>

struct hd_index_node {
	const char *text; /* a leaf's own; an inner node's: any below it */
	size_t value;
	struct hd_index_node *child[2]; /* both NULL: a leaf */
	size_t byte;
	unsigned char mask; /* all bits but the one that differs */
};

static int
side(const struct hd_index_node *n, const char *text)
{
	return (1 + (n->mask | (unsigned char)text[n->byte])) >> 8;
}

/* A node whose text has as long a prefix in common with text as any has. It
 * can be an inner node that tests a byte beyond text, which is then missing. */
static const struct hd_index_node *
nearest(const struct hd_index *x, const char *text, size_t len)
{
	const struct hd_index_node *n = x->root;

	while (n != NULL && n->child[0] != NULL && n->byte <= len)
		n = n->child[side(n, text)];
	return n;
}

static struct hd_index_node *
leaf(struct hd_arena *a, const char *text)
{
	struct hd_index_node *n = hd_arena_alloc(a, sizeof(*n));

	n->text = text;
	return n;
}

/* Puts inner below the nodes that test an earlier bit. Returns the new leaf. */
static struct hd_index_node *
insert(struct hd_index *x, struct hd_arena *a, struct hd_index_node *inner)
{
	struct hd_index_node **at = &x->root, *new = leaf(a, inner->text);
	int to = side(inner, inner->text);

	while ((*at)->child[0] != NULL &&
	       ((*at)->byte < inner->byte ||
		   ((*at)->byte == inner->byte && (*at)->mask < inner->mask)))
		at = &(*at)->child[side(*at, inner->text)];
	inner->child[to] = new;
	inner->child[1 - to] = *at;
	*at = inner;
	return new;
}

size_t *
hd_index_at(struct hd_index *x, struct hd_arena *a, const char *text)
{
	const struct hd_index_node *near = nearest(x, text, strlen(text));
	struct hd_index_node *inner;
	unsigned differ;

	if (near == NULL)
		return &(x->root = leaf(a, text))->value;
	if (near->child[0] == NULL && strcmp(near->text, text) == 0)
		return &((struct hd_index_node *)(uintptr_t)near)->value;
	inner = leaf(a, text);
	while (near->text[inner->byte] == text[inner->byte])
		inner->byte++;
	differ = (unsigned char)(near->text[inner->byte] ^ text[inner->byte]);
	while ((differ & (differ - 1)) != 0)
		differ &= differ - 1; /* keeps only the highest bit */
	inner->mask = (unsigned char)~differ;
	return &insert(x, a, inner)->value;
}

size_t
hd_index_get(const struct hd_index *x, const char *text)
{
	const struct hd_index_node *n = nearest(x, text, strlen(text));

	return n != NULL && strcmp(n->text, text) == 0 && n->child[0] == NULL
		   ? n->value
		   : 0;
}
