#include "transport/known_hosts/known_hosts.h"

#include "core/base/digest.h"

#include <stdlib.h>
#include <string.h>

void
hd_known_hosts_init(struct hd_known_hosts *k, const char *host, unsigned port)
{
	const struct hd_span given = { host, strlen(host) };

	*k = (struct hd_known_hosts){ 0 };
	k->host = k->name = hd_span_lower(given, &k->arena);
	if (port != 0 && port != 22)
		k->name = hd_arena_fmt(&k->arena, "[%s]:%u", k->host, port);
}

void
hd_known_hosts_done(struct hd_known_hosts *k)
{
	hd_arena_done(&k->arena);
}

/* A look-up in one file. */
struct looking {
	struct hd_known_hosts *k;
	const struct hd_known_file *f;
	bool portless, only_revoked;
};

static void
take_line(void *ctx, const struct hd_known_line *line, unsigned number)
{
	const struct looking *l = ctx;
	struct hd_known_key key = { .kind = line->kind, .line = number };

	if (l->only_revoked && line->kind != HD_KNOWN_REVOKES)
		return;
	key.blob = hd_known_blob(line, &l->k->arena, &key.len);
	if (key.blob == NULL)
		return;
	key.type = hd_arena_strndup(&l->k->arena, line->type.p, line->type.n);
	key.file = hd_known_file_path(l->f);
	key.portless = l->portless;
	*HD_PUSH(&l->k->arena, &l->k->keys) = key;
}

static void
look(struct looking l)
{
	hd_known_file_find(l.f, l.k->name, take_line, &l);
	if (l.k->host == l.k->name)
		return;
	l.portless = true;
	hd_known_file_find(l.f, l.k->host, take_line, &l);
}

void
hd_known_hosts_look(struct hd_known_hosts *k, const struct hd_known_file *f)
{
	look((struct looking){ .k = k, .f = f });
}

void
hd_known_hosts_look_revoked(
    struct hd_known_hosts *k, const struct hd_known_file *f)
{
	look((struct looking){ .k = k, .f = f, .only_revoked = true });
}

static bool
is_key(const struct hd_known_key *key, const unsigned char *blob, size_t len)
{
	return key->len == len && memcmp(key->blob, blob, len) == 0;
}

const struct hd_known_key *
hd_known_hosts_revoked(
    const struct hd_known_hosts *k, const unsigned char *blob, size_t len)
{
	for (size_t i = 0; i < k->keys.n; i++)
		if (k->keys.v[i].kind == HD_KNOWN_REVOKES &&
		    is_key(&k->keys.v[i], blob, len))
			return &k->keys.v[i];
	return NULL;
}

bool
hd_known_hosts_revokes(const struct hd_known_hosts *k)
{
	for (size_t i = 0; i < k->keys.n; i++)
		if (k->keys.v[i].kind == HD_KNOWN_REVOKES)
			return true;
	return false;
}

const struct hd_known_key *
hd_known_hosts_authority(
    const struct hd_known_hosts *k, const unsigned char *blob, size_t len)
{
	for (size_t i = 0; i < k->keys.n; i++)
		if (k->keys.v[i].kind == HD_KNOWN_AUTHORITY &&
		    (blob == NULL || is_key(&k->keys.v[i], blob, len)))
			return &k->keys.v[i];
	return NULL;
}

bool
hd_known_hosts_has(const struct hd_known_hosts *k, const char *type)
{
	for (size_t i = 0; i < k->keys.n; i++) {
		const struct hd_known_key *key = &k->keys.v[i];

		if (key->kind == HD_KNOWN_KEY && !key->portless &&
		    strcmp(key->type, type) == 0 &&
		    hd_known_hosts_revoked(k, key->blob, key->len) == NULL)
			return true;
	}
	return false;
}

/* Compares with the keys that are recorded under one of the two names. */
static enum hd_known
check_name(const struct hd_known_hosts *k, bool portless,
    const unsigned char *blob, size_t len, const struct hd_known_key **which)
{
	enum hd_known verdict = HD_KNOWN_UNKNOWN;
	char type[64];

	hd_key_type(blob, len, type);
	for (size_t i = 0; i < k->keys.n; i++) {
		const struct hd_known_key *key = &k->keys.v[i];
		bool same_type = strcmp(key->type, type) == 0;

		if (key->kind != HD_KNOWN_KEY || key->portless != portless)
			continue;
		if (is_key(key, blob, len)) {
			*which = key;
			return HD_KNOWN_MATCH;
		}
		if (verdict == HD_KNOWN_CHANGED ||
		    (verdict == HD_KNOWN_OTHER_TYPE && !same_type))
			continue;
		verdict = same_type ? HD_KNOWN_CHANGED : HD_KNOWN_OTHER_TYPE;
		*which = key;
	}
	return verdict;
}

enum hd_known
hd_known_hosts_check(const struct hd_known_hosts *k, const unsigned char *blob,
    size_t len, const struct hd_known_key **which)
{
	enum hd_known verdict;

	*which = hd_known_hosts_revoked(k, blob, len);
	if (*which != NULL)
		return HD_KNOWN_REVOKED;
	verdict = check_name(k, false, blob, len, which);
	if (verdict != HD_KNOWN_UNKNOWN)
		return verdict;
	if (check_name(k, true, blob, len, which) == HD_KNOWN_MATCH)
		return HD_KNOWN_MATCH;
	*which = NULL;
	return HD_KNOWN_UNKNOWN;
}

/* A search for a key, or for other ports of the host. */
struct searching {
	const struct hd_known_hosts *k;
	const char *base64;
	struct hd_known_elsewhere *out;
};

/* Whether a name is "host" or "[host]:port". */
static bool
is_of_host(const struct hd_known_hosts *k, struct hd_span name)
{
	const size_t n = strlen(k->host);

	if (hd_span_is_name(name, k->host))
		return true;
	return name.n > n + 3 && name.p[0] == '[' &&
	       memcmp(name.p + n + 1, "]:", 2) == 0 &&
	       hd_span_is_name((struct hd_span){ name.p + 1, n }, k->host);
}

static bool
has_host(const struct hd_known_hosts *k, struct hd_span names)
{
	while (names.n > 0)
		if (is_of_host(k, hd_known_item(&names)))
			return true;
	return false;
}

static void
search_line(void *ctx, const struct hd_known_line *line, unsigned number)
{
	const struct searching *s = ctx;
	bool same = hd_span_is(line->base64, s->base64);
	HD_AUTO_STR names = HD_STR_INIT(64 * 1024);

	if (line->kind != HD_KNOWN_KEY || s->out->same ||
	    (!same && (s->out->line > 0 || !has_host(s->k, line->names))))
		return;
	free(s->out->names);
	*s->out = (struct hd_known_elsewhere){ number, same, NULL };
	if (hd_known_hashed(line->names))
		return;
	hd_str_addn(&names, line->names.p, line->names.n);
	s->out->names = hd_str_take(&names);
}

void
hd_known_hosts_elsewhere(struct hd_known_elsewhere *out,
    const struct hd_known_hosts *k, const struct hd_known_file *f,
    const unsigned char *blob, size_t len)
{
	HD_AUTO_STR base64 = HD_STR_INIT(64 * 1024);

	*out = (struct hd_known_elsewhere){ 0 };
	hd_base64_encode(blob, len, &base64);
	hd_known_file_each(
	    f, search_line, &(struct searching){ k, base64.ptr, out });
}
