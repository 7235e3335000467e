#include "transport/known_hosts.h"

#include "core/base/digest.h"
#include "core/base/fs.h"
#include "transport/known_hosts_line.h"

#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 64 * 1024 * 1024, BLOB_MAX = 8192 };

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is(struct hd_span s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

/* Takes the next field off the line; empty at the end. */
static struct hd_span
field(struct hd_span *line)
{
	struct hd_span f;

	while (line->n > 0 && strchr(" \t\r\n", *line->p) != NULL)
		line->p++, line->n--;
	f = (struct hd_span){ line->p, 0 };
	while (line->n > 0 && strchr(" \t\r\n", *line->p) == NULL)
		line->p++, line->n--, f.n++;
	return f;
}

void
hd_known_hosts_init(struct hd_known_hosts *k, const char *host, unsigned port)
{
	char *name;

	*k = (struct hd_known_hosts){ 0 };
	if (port == 0 || port == 22)
		name = hd_arena_strdup(&k->arena, host);
	else
		name = hd_arena_fmt(&k->arena, "[%s]:%u", host, port);
	for (char *p = name; *p != '\0'; p++)
		*p = lower(*p);
	k->name = name;
}

void
hd_known_hosts_done(struct hd_known_hosts *k)
{
	hd_arena_done(&k->arena);
}

/* As in ssh, only * and ? are special. Backtracking to the last star is enough
 * and never takes exponential time. */
static bool
glob(struct hd_span pattern, const char *name)
{
	size_t p = 0, star = pattern.n;
	const char *resume = name;

	while (*name != '\0') {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			resume = name;
		} else if (p < pattern.n && (pattern.p[p] == '?' ||
						lower(pattern.p[p]) == *name)) {
			p++;
			name++;
		} else if (star < pattern.n) {
			p = star + 1;
			name = ++resume;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

struct hd_span
hd_known_item(struct hd_span *list)
{
	const char *comma = memchr(list->p, ',', list->n);
	size_t n = comma != NULL ? (size_t)(comma - list->p) : list->n;
	struct hd_span one = { list->p, n };

	n += comma != NULL;
	list->p += n;
	list->n -= n;
	return one;
}

bool
hd_span_is_name(struct hd_span s, const char *name)
{
	if (s.n != strlen(name))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (lower(s.p[i]) != name[i])
			return false;
	return true;
}

/* A comma-separated list; a negated pattern that matches overrides the rest. */
static bool
in_list(struct hd_span list, const char *name)
{
	bool found = false;

	while (list.n > 0) {
		struct hd_span one = hd_known_item(&list);
		bool negated = one.n > 0 && *one.p == '!';

		if (negated)
			one.p++, one.n--;
		if (one.n > 0 && glob(one, name)) {
			if (negated)
				return false;
			found = true;
		}
	}
	return found;
}

/* |1|base64 of the salt|base64 of HMAC-SHA1(salt, name) */
static bool
is_hash_of(struct hd_span s, const char *name)
{
	unsigned char salt[64], want[20], got[20];
	const char *mid;
	long nsalt;

	s.p += 3;
	s.n -= 3;
	mid = memchr(s.p, '|', s.n);
	if (mid == NULL)
		return false;
	nsalt = hd_base64_decode(s.p, (size_t)(mid - s.p), salt, sizeof(salt));
	s.n -= (size_t)(mid + 1 - s.p);
	if (nsalt <= 0 ||
	    hd_base64_decode(mid + 1, s.n, want, sizeof(want)) != sizeof(want))
		return false;
	hd_hmac_sha1(salt, (size_t)nsalt, name, strlen(name), got);
	return memcmp(got, want, sizeof(want)) == 0;
}

bool
hd_known_hashed(struct hd_span hosts)
{
	return hosts.n > 3 && memcmp(hosts.p, "|1|", 3) == 0;
}

bool
hd_known_covers(struct hd_span hosts, const char *name)
{
	return hd_known_hashed(hosts) ? is_hash_of(hosts, name)
				      : in_list(hosts, name);
}

void
hd_key_type(const unsigned char *blob, size_t len, char out[static 64])
{
	size_t n;

	out[0] = '\0';
	if (len < 4)
		return;
	n = (size_t)blob[0] << 24 | (size_t)blob[1] << 16 |
	    (size_t)blob[2] << 8 | blob[3];
	if (n > len - 4 || n > 63)
		return;
	memcpy(out, blob + 4, n);
	out[n] = '\0';
}

/* The key of a line that covers the host; NULL if it is malformed. */
static struct hd_known_key *
read_key(struct hd_known_hosts *k, struct hd_span type, struct hd_span base64)
{
	unsigned char raw[BLOB_MAX];
	char inner[64];
	long n = hd_base64_decode(base64.p, base64.n, raw, sizeof(raw));
	unsigned char *blob;
	struct hd_known_key *key;

	if (n <= 0)
		return NULL;
	hd_key_type(raw, (size_t)n, inner);
	if (inner[0] == '\0' || !is(type, inner))
		return NULL;
	blob = hd_arena_alloc(&k->arena, (size_t)n);
	memcpy(blob, raw, (size_t)n);
	key = hd_arena_alloc(&k->arena, sizeof(*key));
	key->type = hd_arena_strdup(&k->arena, inner);
	key->blob = blob;
	key->len = (size_t)n;
	return key;
}

bool
hd_known_line(
    struct hd_known_hosts *k, struct hd_span *line, struct hd_span *hosts)
{
	struct hd_span rest = *line, type;

	*hosts = field(&rest);
	*line = rest;
	if (hosts->n == 0 || strchr("#@", *hosts->p) != NULL ||
	    !hd_known_covers(*hosts, k->name))
		return false;
	type = field(&rest);
	return read_key(k, type, field(&rest)) != NULL;
}

static void
add_line(struct hd_known_hosts *k, const char *file, unsigned number,
    struct hd_span line)
{
	struct hd_span marker = { line.p, 0 };
	struct hd_span hosts = field(&line);
	struct hd_span type;
	struct hd_known_key *key;

	if (hosts.n == 0 || *hosts.p == '#')
		return;
	if (*hosts.p == '@') {
		marker = hosts;
		hosts = field(&line);
	}
	if (!hd_known_covers(hosts, k->name))
		return;
	type = field(&line);
	key = read_key(k, type, field(&line));
	if (key == NULL)
		return;
	key->file = file;
	key->line = number;
	key->revoked = is(marker, "@revoked");
	if (is(marker, "@cert-authority"))
		k->authority = key;
	else if (marker.n == 0 || key->revoked)
		*HD_PUSH(&k->arena, &k->keys) = *key;
}

void
hd_known_hosts_add(
    struct hd_known_hosts *k, const char *file, const char *text, size_t len)
{
	const char *end = text + len;
	unsigned number = 1;

	file = hd_arena_strdup(&k->arena, file);
	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		const char *stop = nl != NULL ? nl : end;

		add_line(k, file, number++,
		    (struct hd_span){ text, (size_t)(stop - text) });
		text = nl != NULL ? nl + 1 : end;
	}
}

int
hd_known_hosts_read(
    struct hd_known_hosts *k, const char *path, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(FILE_MAX);

	if (access(path, F_OK) < 0)
		return 0;
	if (hd_fs_read(path, &text, err) < 0)
		return hd_err_prefix(err, "known hosts");
	hd_known_hosts_add(k, path, text.ptr, text.len);
	return 0;
}

bool
hd_known_hosts_has(const struct hd_known_hosts *k, const char *type)
{
	for (size_t i = 0; i < k->keys.n; i++)
		if (!k->keys.v[i].revoked &&
		    strcmp(k->keys.v[i].type, type) == 0)
			return true;
	return false;
}

static bool
same(const struct hd_known_key *key, const unsigned char *blob, size_t len)
{
	return key->len == len && memcmp(key->blob, blob, len) == 0;
}

enum hd_known
hd_known_hosts_check(const struct hd_known_hosts *k, const unsigned char *blob,
    size_t len, const struct hd_known_key **which)
{
	enum hd_known verdict = HD_KNOWN_UNKNOWN;
	char type[64];

	*which = NULL;
	hd_key_type(blob, len, type);
	for (size_t i = 0; i < k->keys.n; i++) {
		const struct hd_known_key *key = &k->keys.v[i];
		enum hd_known now = HD_KNOWN_OTHER_TYPE;

		if (same(key, blob, len)) {
			*which = key;
			if (key->revoked)
				return HD_KNOWN_REVOKED;
			verdict = HD_KNOWN_MATCH;
			continue;
		}
		if (key->revoked || verdict == HD_KNOWN_MATCH)
			continue;
		if (strcmp(key->type, type) == 0)
			now = HD_KNOWN_CHANGED;
		if (verdict != HD_KNOWN_CHANGED) {
			verdict = now;
			*which = key;
		}
	}
	return verdict;
}
