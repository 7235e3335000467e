#ifndef HD_FOLD_H
#define HD_FOLD_H

#include <stddef.h>
#include <stdio.h>

/* Writes the words of text and a newline, no line wider than columns if its
 * words allow it. The first line begins where the cursor is, at column at;
 * the others at indent. */
void hd_fold(
    FILE *out, const char *text, size_t at, size_t indent, size_t columns);

#endif
