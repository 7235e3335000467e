#ifndef HD_URL_H
#define HD_URL_H

#include <stdbool.h>

enum { HD_URL_MAX = 8192 }; /* bytes of a valid one */

/* Whether text is an http or https URL with a host. Of the characters that RFC
 * 3986 allows, the apostrophe and "#" are refused: the others need no escapes
 * between quotes in a config file. */
bool hd_url_valid(const char *text);

/* Whether a part of the URL could be a secret: a user, or a query, such as the
 * signature of a presigned URL. */
bool hd_url_secret(const char *text);

#endif
