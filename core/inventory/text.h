#ifndef HD_TEXT_H
#define HD_TEXT_H

#include "core/base/alloc.h"

#include <stdbool.h>
#include <stddef.h>

/* Well-formed UTF-8: no overlong form, no surrogate, nothing past 10FFFF. */
bool hd_text_utf8(const char *p, size_t n);
/* No control character (C0, DEL, C1) but the tab. */
bool hd_text_printable(const char *p, size_t n);
/* text with every word replaced; text itself if there is none. */
const char *hd_text_replace(
    struct hd_arena *a, const char *text, const char *word, const char *with);
/* No { or } in text other than in word. */
bool hd_text_braces(const char *text, const char *word);

#endif
