#ifndef HD_FOLD_H
#define HD_FOLD_H

#include <stddef.h>
#include <stdio.h>

/* Writes one line of text and a newline, wrapped at blanks to columns. at is
 * the current column of the cursor; further lines begin at column indent. */
void hd_fold(
    FILE *out, const char *text, size_t at, size_t indent, size_t columns);

#endif
