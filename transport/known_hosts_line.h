#ifndef HD_KNOWN_HOSTS_LINE_H
#define HD_KNOWN_HOSTS_LINE_H

#include "transport/known_hosts.h"

/* Parts of a line of known_hosts, for what reads and for what edits it. */

/* A part of a line; not terminated. */
struct hd_span {
	const char *p;
	size_t n;
};

/* Whether a line without a marker holds a key of this host: *hosts is then its
 * list, and *line what follows it. */
bool hd_known_line(
    struct hd_known_hosts *k, struct hd_span *line, struct hd_span *hosts);
/* Whether a list covers that name, which is in small letters; a hashed name
 * is a list too. */
bool hd_known_covers(struct hd_span hosts, const char *name);
bool hd_known_hashed(struct hd_span hosts);
/* The next item of a comma list, which then begins behind it. */
struct hd_span hd_known_item(struct hd_span *list);
/* Whether they are the same in small letters. */
bool hd_span_is_name(struct hd_span s, const char *name);

#endif
