#include "core/artifact/cuts.h"

#include <string.h>

/* Sizes of a chunk of small files. From SOFT on, one file in ONE_OF ends it.
 * HARD leaves room for one more file below HD_CUTS_STEP. FEW: it ends before a
 * file in a folder of the first level. SOME: it ends where the folder changes,
 * after HD_CUTS_MANY chunks. */
enum {
	SOFT = 256 * 1024,
	HARD = 512 * 1024,
	ONE_OF = 16,
	SOME = 64 * 1024,
	FEW = 8 * 1024,
	TAR_BLOCK = 512,
};

/* FNV-1a */
static uint64_t
digest(const char *p, size_t n)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 0x100000001b3;
	return h;
}

/* The length of the path's folder, down to its second level. */
static size_t
folder_of(const char *path, bool *deep)
{
	const char *slash = strchr(path, '/'), *second;

	second = slash != NULL ? strchr(slash + 1, '/') : NULL;
	*deep = second != NULL;
	if (slash == NULL)
		return 0;
	return (size_t)((*deep ? second : slash) - path);
}

/* Whether a chunk of this size ends before the file at path. */
static bool
is_due(const struct hd_cuts *c, const char *path, uint64_t size, bool changed,
    bool deep)
{
	if (changed || !deep)
		return size >= (c->n >= HD_CUTS_MANY ? SOME : deep ? 1 : FEW);
	return size >= HARD ||
	       (size >= SOFT && digest(path, strlen(path)) % ONE_OF == 0);
}

static void
cut(struct hd_cuts *c, uint64_t at)
{
	if (at > (c->n > 0 ? c->v[c->n - 1] : 0))
		*HD_PUSH(&c->arena, c) = at;
}

uint64_t
hd_cuts_next(const struct hd_cuts *c)
{
	return c->next != 0 ? c->next : UINT64_MAX;
}

void
hd_cuts_pass(struct hd_cuts *c, uint64_t at)
{
	while (c->next != 0 && c->next <= at) {
		uint64_t left = c->data_end - c->next;

		cut(c, c->next);
		if (left == 0)
			c->next = 0;
		else
			c->next += left < HD_CUTS_STEP ? left : HD_CUTS_STEP;
	}
}

void
hd_cuts_entry(struct hd_cuts *c, const char *path, uint64_t at)
{
	uint64_t size, folder;
	bool deep;

	hd_cuts_pass(c, at);
	size = at - (c->n > 0 ? c->v[c->n - 1] : 0);
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	folder = digest(path, folder_of(path, &deep));
	if (is_due(c, path, size, folder != c->folder, deep))
		cut(c, at);
	c->folder = folder;
}

static uint64_t
padded(uint64_t size)
{
	return size + (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
}

void
hd_cuts_data(struct hd_cuts *c, uint64_t at, uint64_t size)
{
	if (size <= (c->n < HD_CUTS_MANY ? HD_CUTS_OWN : HD_CUTS_LARGE))
		return;
	c->next = at;
	c->data_end = at + padded(size);
	hd_cuts_pass(c, at);
}

void
hd_cuts_data_before(struct hd_cuts *c, uint64_t end, uint64_t size)
{
	if (size <= end && padded(size) <= end)
		hd_cuts_data(c, end - padded(size), size);
}

void
hd_cuts_end(struct hd_cuts *c, uint64_t at)
{
	hd_cuts_pass(c, at);
	cut(c, at);
}

void
hd_cuts_done(struct hd_cuts *c)
{
	hd_arena_done(&c->arena);
}
