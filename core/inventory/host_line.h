#ifndef HD_HOST_LINE_H
#define HD_HOST_LINE_H

#include "core/inventory/range.h"

#include <stdbool.h>

/* One line host = [NAME] [user@]ADDRESS[:port]: one host, or several if it
 * contains ranges. */
struct hd_host_line {
	struct hd_range name, address; /* equal counts */
	const char *user;              /* NULL: not given */
	unsigned port;                 /* 0: not given */
};

/* Allocates in a. HD_ECONFIG if any host of the line is invalid. */
int hd_host_parse(struct hd_host_line *out, struct hd_arena *a,
    const char *text, struct hd_err *err) HD_CHECK;

/* Whether text is a host name or an IPv4 address. */
bool hd_address_valid(const char *text);

#endif
