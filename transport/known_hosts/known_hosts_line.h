#ifndef HD_KNOWN_HOSTS_LINE_H
#define HD_KNOWN_HOSTS_LINE_H

#include "core/base/alloc.h"

#include <stdbool.h>
#include <stddef.h>

/* The parts of a known_hosts line (sshd(8)): [marker] names type key [comment].
 */

/* Part of a text; not NUL-terminated. */
struct hd_span {
	const char *p;
	size_t n;
};

enum hd_known_kind {
	HD_KNOWN_KEY,       /* no marker */
	HD_KNOWN_REVOKES,   /* @revoked */
	HD_KNOWN_AUTHORITY, /* @cert-authority */
};

struct hd_known_line {
	enum hd_known_kind kind;
	struct hd_span names; /* a list, or one hashed name */
	struct hd_span type, base64;
	struct hd_span tail; /* everything after the names */
};

/* False for a comment, an empty line, an unknown marker and a line without a
 * key. The key itself is not decoded. */
bool hd_known_split(struct hd_known_line *out, struct hd_span line);
/* The key in a line "type key comment". */
bool hd_known_key_of(struct hd_span line, struct hd_span *base64);
/* Takes the next line off the text, without its newline. */
struct hd_span hd_known_next(struct hd_span *text);

/* Takes the next item off a comma-separated list. */
struct hd_span hd_known_item(struct hd_span *list);
/* Whether a list of patterns covers name, which is in lower case. */
bool hd_known_in_list(struct hd_span list, const char *name);

/* |1|base64 of the salt|base64 of HMAC-SHA1(salt, name) */
struct hd_known_hash {
	unsigned char salt[20], mac[20];
};
bool hd_known_hashed(struct hd_span names);
bool hd_known_hash_read(struct hd_known_hash *out, struct hd_span names);

/* The key of a line, allocated in a; NULL if it is malformed or names another
 * type. */
unsigned char *hd_known_blob(
    const struct hd_known_line *line, struct hd_arena *a, size_t *len);

/* The type name at the start of a key blob; "" if the blob is malformed. */
void hd_key_type(const unsigned char *blob, size_t len, char out[static 64]);

bool hd_span_is(struct hd_span s, const char *text);
/* Whether s is name, which is in lower case; ignores the case of s. */
bool hd_span_is_name(struct hd_span s, const char *name);
/* In lower case, allocated in a. */
char *hd_span_lower(struct hd_span s, struct hd_arena *a);

#endif
