#ifndef HD_QUOTE_H
#define HD_QUOTE_H

#include <stddef.h>

/* Appends untrusted text from a host to msg, which has max bytes: one line, no
 * control characters. */
void hd_quote(char *msg, size_t max, const char *text, size_t len);

#endif
