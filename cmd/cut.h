#ifndef HD_CUT_H
#define HD_CUT_H

#include "core/base/str.h"

/* Appends the beginning of a line that fits into columns. A character that
 * might be two columns wide counts as two: better cut early than wrapped. A
 * colour (ESC[...m) counts as nothing, and ends where the line is cut. */
void hd_cut(struct hd_str *out, const char *line, size_t columns);

#endif
