#include "transport/known_hosts/known_hosts_line.h"

#include "core/base/digest.h"
#include "transport/keys/wire.h"

#include <string.h>

enum { BLOB_MAX = 8192 };

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
hd_span_is(struct hd_span s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
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

char *
hd_span_lower(struct hd_span s, struct hd_arena *a)
{
	char *text = hd_arena_strndup(a, s.p, s.n);

	for (char *p = text; *p != '\0'; p++)
		*p = lower(*p);
	return text;
}

struct hd_span
hd_known_next(struct hd_span *text)
{
	const char *newline = memchr(text->p, '\n', text->n);
	size_t n = newline != NULL ? (size_t)(newline - text->p) : text->n;
	struct hd_span line = { text->p, n };

	n += newline != NULL;
	text->p += n;
	text->n -= n;
	return line;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

/* Takes the next field off the line; empty at the end. */
static struct hd_span
field(struct hd_span *line)
{
	struct hd_span f;

	while (line->n > 0 && blank(*line->p))
		line->p++, line->n--;
	f = (struct hd_span){ line->p, 0 };
	while (line->n > 0 && !blank(*line->p))
		line->p++, line->n--, f.n++;
	return f;
}

bool
hd_known_split(struct hd_known_line *out, struct hd_span line)
{
	*out = (struct hd_known_line){ .names = field(&line) };
	if (out->names.n == 0 || *out->names.p == '#')
		return false;
	if (*out->names.p == '@') {
		if (hd_span_is(out->names, "@revoked"))
			out->kind = HD_KNOWN_REVOKES;
		else if (hd_span_is(out->names, "@cert-authority"))
			out->kind = HD_KNOWN_AUTHORITY;
		else
			return false;
		out->names = field(&line);
	}
	out->tail = line;
	out->type = field(&line);
	out->base64 = field(&line);
	return out->base64.n > 0;
}

bool
hd_known_key_of(struct hd_span line, struct hd_span *base64)
{
	struct hd_span type = field(&line);

	*base64 = field(&line);
	return type.n > 0 && *type.p != '#' && base64->n > 0;
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

/* A negated pattern that matches overrides the rest. */
bool
hd_known_in_list(struct hd_span list, const char *name)
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

bool
hd_known_hashed(struct hd_span names)
{
	return names.n > 3 && memcmp(names.p, "|1|", 3) == 0;
}

bool
hd_known_hash_read(struct hd_known_hash *out, struct hd_span s)
{
	const char *mid;

	s.p += 3;
	s.n -= 3;
	mid = memchr(s.p, '|', s.n);
	if (mid == NULL)
		return false;
	s.n -= (size_t)(mid + 1 - s.p);
	return hd_base64_decode(s.p, (size_t)(mid - s.p), out->salt,
		   sizeof(out->salt)) == sizeof(out->salt) &&
	       hd_base64_decode(mid + 1, s.n, out->mac, sizeof(out->mac)) ==
		   sizeof(out->mac);
}

void
hd_key_type(const unsigned char *blob, size_t len, char out[static 64])
{
	struct hd_wire w = hd_wire_of((struct hd_bytes){ blob, len });
	struct hd_bytes type = hd_wire_string(&w);

	if (type.n > 63)
		type.n = 0;
	memcpy(out, type.p, type.n);
	out[type.n] = '\0';
}

unsigned char *
hd_known_blob(const struct hd_known_line *line, struct hd_arena *a, size_t *len)
{
	unsigned char raw[BLOB_MAX], *blob;
	char type[64];
	long n =
	    hd_base64_decode(line->base64.p, line->base64.n, raw, sizeof(raw));

	if (n <= 0)
		return NULL;
	hd_key_type(raw, (size_t)n, type);
	if (type[0] == '\0' || !hd_span_is(line->type, type))
		return NULL;
	blob = hd_arena_alloc(a, (size_t)n);
	memcpy(blob, raw, (size_t)n);
	*len = (size_t)n;
	return blob;
}
