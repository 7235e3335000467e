#ifndef HD_URL_H
#define HD_URL_H

#include <stdbool.h>

/* Whether text is an http or https URL with a host. Of the characters that RFC
 * 3986 allows it may have all but the quote, the apostrophe and "#": config
 * files and shells need no escapes for the others. */
bool hd_url_valid(const char *text);

/* Whether it has a part that could be a secret: a user, or a query, such as the
 * signature of a presigned URL. */
bool hd_url_secret(const char *text);

#endif
