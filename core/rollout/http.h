#ifndef HD_HTTP_H
#define HD_HTTP_H

#include "core/base/str.h"

/*
 * As much HTTP as a health check needs: one GET by HTTP/1.0 (RFC 1945), whose
 * answer ends with the connection and is never in chunks.
 */
void hd_http_request(
    struct hd_str *out, const char *address, unsigned port, const char *path);

/* The status of an answer, 0 if it is none. *body is where the header ends,
 * or the end of the answer. */
unsigned hd_http_status(const struct hd_str *answer, const char **body);

#endif
