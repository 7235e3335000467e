#ifndef HD_FOLD_H
#define HD_FOLD_H

#include <stddef.h>
#include <stdio.h>

/* Writes text, which is one line, and a newline, broken at blanks where it is
 * wider than columns. The first line begins where the cursor is, at column
 * at; the others at indent. */
void hd_fold(
    FILE *out, const char *text, size_t at, size_t indent, size_t columns);

#endif
