#ifndef HD_QUOTE_H
#define HD_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

/* Appends untrusted text from a host to msg, which has max bytes: one line, no
 * control characters. */
void hd_quote(char *msg, size_t max, const char *text, size_t len);
/* The same for a text of several lines, which "; " separates in msg. Leaves out
 * empty lines and those for which skip, unless it is NULL, returns true. */
void hd_quote_lines(char *msg, size_t max, const char *text, size_t len,
    bool (*skip)(const char *line, size_t n));

#endif
