#include "core/rollout/http.h"

#include <string.h>

void
hd_http_request(
    struct hd_str *out, const char *address, unsigned port, const char *path)
{
	bool v6 = strchr(address, ':') != NULL;

	hd_str_addf(out,
	    "GET %s HTTP/1.0\r\nHost: %s%s%s:%u\r\nUser-Agent: hdeploy\r\n"
	    "Accept: */*\r\nConnection: close\r\n\r\n",
	    path, v6 ? "[" : "", address, v6 ? "]" : "", port);
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

unsigned
hd_http_status(const struct hd_str *answer, const char **body)
{
	const char *p = answer->ptr;
	const char *end = strstr(p, "\r\n\r\n");

	*body = end != NULL ? end + 4 : p + answer->len;
	if (answer->len < 12 || strncmp(p, "HTTP/1.", 7) != 0 || !digit(p[7]) ||
	    p[8] != ' ' || !digit(p[9]) || !digit(p[10]) || !digit(p[11]))
		return 0;
	return (
	    unsigned)((p[9] - '0') * 100 + (p[10] - '0') * 10 + p[11] - '0');
}
