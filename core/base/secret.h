#ifndef HD_SECRET_H
#define HD_SECRET_H

#include "core/base/attr.h"

#include <stddef.h>

/*
 * Memory for keys and passphrases: it is never part of a core dump, is swapped
 * out only if the system refuses to lock it, and is zeroed before it is freed.
 * Each allocation takes whole pages, so use it sparingly.
 */
void *hd_secret_alloc(size_t n); /* zeroed; cannot fail, like hd_alloc() */
void hd_secret_free(void *p);    /* NULL: does nothing */
/* A copy of n bytes and a NUL. */
char *hd_secret_copy(const void *p, size_t n);

void hd_secret_freep(void *pp); /* for HD_CLEANUP, like hd_freep() */
#define HD_AUTO_SECRET HD_CLEANUP(hd_secret_freep)

#endif
