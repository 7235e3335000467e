#ifndef HD_HTML_H
#define HD_HTML_H

#include "core/base/str.h"

/*
 * Appends text as HTML that is only text, in elements and in quoted attributes:
 * & < > " ' become entities, control characters U+FFFD. Longer text is cut
 * after max bytes, between characters, with an ellipsis. NULL: appends nothing.
 */
void hd_html_text(struct hd_str *out, const char *text, size_t max);

#endif
