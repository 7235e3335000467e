#ifndef HD_HTTP_H
#define HD_HTTP_H

#include "core/base/str.h"

/*
 * Just enough HTTP for a health check: one GET by HTTP/1.0 (RFC 1945). The
 * answer ends with the connection and is never chunked.
 */
void hd_http_request(
    struct hd_str *out, const char *address, unsigned port, const char *path);

/* Returns the status of an answer, or 0 if it is not HTTP. Sets *body to the
 * end of the header, or to the end of the answer. */
unsigned hd_http_status(const struct hd_str *answer, const char **body);

#endif
