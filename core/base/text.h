#ifndef HD_TEXT_H
#define HD_TEXT_H

#include "core/base/alloc.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether text is well-formed UTF-8: no overlong form, no surrogate, nothing
 * above U+10FFFF. */
bool hd_text_utf8(const char *p, size_t n);
/* Whether text has no control character (C0, DEL, C1) except tabs. */
bool hd_text_printable(const char *p, size_t n);
/* text with every occurrence of word replaced; text itself if there is none. */
const char *hd_text_replace(
    struct hd_arena *a, const char *text, const char *word, const char *with);
/* Whether { and } occur in text only as part of word. */
bool hd_text_braces(const char *text, const char *word);
/* Whether text is one of the list. */
bool hd_text_listed(const struct hd_strs *list, const char *text);

#endif
