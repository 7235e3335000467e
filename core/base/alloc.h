#ifndef HD_ALLOC_H
#define HD_ALLOC_H

#include "core/base/attr.h"

#include <stddef.h>

/*
 * Allocation that cannot fail: if memory runs out, the process ends through
 * hd_alloc_failed(). malloc seldom fails on Linux, and dying at any point is
 * safe because hosts must survive a killed hdeploy anyway. So callers need no
 * error paths that nobody can test, and never blame a file or a host for a lack
 * of memory. Libraries allocate here too where they allow it; elsewhere their
 * out-of-memory errors lead to hd_alloc_failed().
 */
void *hd_alloc(size_t size); /* zeroed; the caller frees it with free() */
void *hd_realloc(void *p, size_t size);
char *hd_strdup(const char *text);

/* Frees p after zeroing all of it: for memory that libraries use for secrets,
 * among other things. NULL: does nothing. */
void hd_free_wiped(void *p);

/* Ends the process by end, or by abort() if none is set. end must not return
 * or allocate. */
_Noreturn void hd_alloc_failed(void);
void hd_alloc_on_failure(void (*end)(void));

void hd_freep(void *pp); /* for HD_CLEANUP: frees *(void **)pp */
#define HD_AUTO_FREE HD_CLEANUP(hd_freep)

/*
 * An arena owns everything that was read together (an inventory, the facts
 * of one host, a plan) and frees it at once. Not thread-safe.
 */
struct hd_arena {
	struct hd_arena_block *blocks;
};

#define HD_AUTO_ARENA HD_CLEANUP(hd_arena_done) struct hd_arena

void *hd_arena_alloc(struct hd_arena *a, size_t size); /* zeroed, aligned */
char *hd_arena_strdup(struct hd_arena *a, const char *text);
char *hd_arena_strndup(struct hd_arena *a, const char *text, size_t n);
/* A copy with A to Z as a to z. */
char *hd_arena_lower(struct hd_arena *a, const char *text);
char *hd_arena_fmt(struct hd_arena *a, const char *fmt, ...) HD_PRINTF(2, 3);
/* Frees all; a is empty afterwards. Zeroes it first: arenas contain values of
 * env.NAME. */
void hd_arena_done(struct hd_arena *a);

/*
 * A list in an arena:
 *
 *	HD_LIST(struct hd_pair) env = { 0 };
 *	*HD_PUSH(&arena, &env) = (struct hd_pair){ name, value };
 *
 * HD_PUSH evaluates to a pointer to the new, zeroed element; it is valid
 * until the next push.
 */
#define HD_LIST(type)                                                          \
	struct {                                                               \
		type *v;                                                       \
		size_t n, cap;                                                 \
	}
#define HD_PUSH(arena, list)                                                   \
	((list)->v = hd_list_grow(                                             \
	     (arena), (list)->v, (list)->n, &(list)->cap, sizeof(*(list)->v)), \
	    &(list)->v[(list)->n++])
void *hd_list_grow(
    struct hd_arena *a, void *v, size_t n, size_t *cap, size_t size);

struct hd_strs {
	const char **v;
	size_t n, cap;
};
struct hd_pair {
	const char *name, *value;
};
struct hd_pairs {
	struct hd_pair *v;
	size_t n, cap;
};

#endif
