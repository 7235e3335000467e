#ifndef HD_KNOWN_HOSTS_LINE_H
#define HD_KNOWN_HOSTS_LINE_H

#include "transport/known_hosts.h"

/* Parsing of known_hosts lines, shared by the reader and the editor. */

/* Part of a line; not NUL-terminated. */
struct hd_span {
	const char *p;
	size_t n;
};

/* Whether a line without a marker contains a key of this host. Sets *hosts to
 * its list of names and *line to the rest of the line. */
bool hd_known_line(
    struct hd_known_hosts *k, struct hd_span *line, struct hd_span *hosts);
/* Whether hosts, a list or a hashed name, covers name (in lower case). */
bool hd_known_covers(struct hd_span hosts, const char *name);
bool hd_known_hashed(struct hd_span hosts);
/* Takes the next item off a comma-separated list. */
struct hd_span hd_known_item(struct hd_span *list);
/* Whether s is name, which is in lower case; ignores the case of s. */
bool hd_span_is_name(struct hd_span s, const char *name);

#endif
