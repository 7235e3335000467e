/* Which parts are sent, in which order, and how the host puts its files
 * together. */
#include "core/plan/ship.h"

#include "core/base/index.h"

#include <inttypes.h>
#include <string.h>

enum {
	LINES_MAX = 500, /* of a recipe */
	GAIN = 8, /* a delta must save an eighth of the tarball: the host copies
		     it */
	COPY_LEAST = 2048, /* bytes of a tarball: the program that copies them
			      on the host costs more */
};
static const uint64_t store_least = 100 * 1000; /* bytes */

static bool
same_source(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Whether p continues the range of q: the host copies both at once. */
static bool
continues(const struct hd_ship_part *q, const struct hd_ship_part *p)
{
	return q->file == p->file && same_source(q->source, p->source) &&
	       q->start + q->length == p->start;
}

static size_t
count_lines(const struct hd_ship *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->parts.n; i++)
		n += i == 0 || !continues(&s->parts.v[i - 1], &s->parts.v[i]);
	return n;
}

/* The end of the stretch of parts from i on, in one file, that the host has.
 * Sets *bytes, and *lines to how many lines of a recipe they take. */
static size_t
kept_stretch(const struct hd_ship *s, size_t i, uint64_t *bytes, size_t *lines)
{
	const struct hd_ship_part *v = s->parts.v;
	size_t end = i;

	*bytes = *lines = 0;
	for (; end < s->parts.n && v[end].source != NULL &&
	       v[end].file == v[i].file;
	     end++) {
		*bytes += v[end].length;
		*lines += end == i || !continues(&v[end - 1], &v[end]);
	}
	return end;
}

/* Whether part i is new, and in the same file as p. */
static bool
is_new(const struct hd_ship *s, size_t i, const struct hd_ship_part *p)
{
	return i < s->parts.n && s->parts.v[i].source == NULL &&
	       s->parts.v[i].file == p->file;
}

/* Sends short parts of the tarball between new ones although the host has them:
 * then the new ones are one piece. One program copies all parts of texts. */
static void
send_short(struct hd_ship *s)
{
	size_t end, lines;
	uint64_t bytes;

	for (size_t i = 0; i<s->parts.n; i = end> i ? end : i + 1) {
		const struct hd_ship_part *p = &s->parts.v[i];

		end = kept_stretch(s, i, &bytes, &lines);
		if (end == i || p->file != HD_SHIP_TARBALL ||
		    bytes >= COPY_LEAST * lines || i == 0 ||
		    !is_new(s, i - 1, p) || !is_new(s, end, p))
			continue;
		for (size_t k = i; k < end; k++)
			s->parts.v[k].source = NULL;
	}
}

static uint64_t
sent_of(const struct hd_ship *s, enum hd_ship_file file)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->parts.n; i++)
		if (s->parts.v[i].file == file && s->parts.v[i].sent)
			n += s->parts.v[i].length;
	return n;
}

/* Whether part p is copied from an equal part of the upload. A whole tarball is
 * sent in one piece. */
static bool
can_copy(const struct hd_ship *s, const struct hd_ship_part *p)
{
	return p->digest[0] != '\0' && p->length >= COPY_LEAST &&
	       (p->file != HD_SHIP_TARBALL || s->way == HD_SHIP_DELTA);
}

/* Finds the places in the upload of all parts that the host lacks. Of equal
 * parts, the first is sent. */
static void
place(struct hd_ship *s)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_index seen = { 0 };
	uint64_t end = 0;

	for (size_t i = 0; i < s->parts.n; i++) {
		struct hd_ship_part *p = &s->parts.v[i];
		size_t *first = NULL;

		p->sent = p->source == NULL && (p->file != HD_SHIP_TARBALL ||
						   s->way != HD_SHIP_STORE);
		if (!p->sent)
			continue;
		if (can_copy(s, p))
			first = hd_index_at(&seen, &arena, p->digest);
		if (first != NULL && *first != 0) {
			p->sent = false;
			p->start = s->parts.v[*first - 1].start;
			continue;
		}
		if (first != NULL)
			*first = i + 1;
		p->start = end;
		end += p->length;
	}
}

void
hd_ship_choose(struct hd_ship *s, bool store)
{
	uint64_t size = s->files[HD_SHIP_TARBALL].size;
	uint64_t fresh;

	s->way = HD_SHIP_DELTA;
	send_short(s);
	place(s);
	fresh = sent_of(s, HD_SHIP_TARBALL);
	if (store && fresh > store_least)
		s->way = HD_SHIP_STORE;
	else if (fresh > size - size / GAIN || count_lines(s) > LINES_MAX)
		s->way = HD_SHIP_WHOLE;
	if (s->way == HD_SHIP_DELTA)
		return;
	for (size_t i = 0; i < s->parts.n; i++)
		if (s->parts.v[i].file == HD_SHIP_TARBALL)
			s->parts.v[i].source = NULL;
	place(s);
}

void
hd_ship_choose_whole(struct hd_ship *s)
{
	s->way = HD_SHIP_WHOLE;
	for (size_t i = 0; i < s->parts.n; i++)
		s->parts.v[i].source = NULL;
	place(s);
}

uint64_t
hd_ship_bytes(const struct hd_ship *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < HD_SHIP_FILES; i++)
		n += sent_of(s, (enum hd_ship_file)i);
	return n;
}

void
hd_ship_ranges(
    const struct hd_ship *s, struct hd_ship_ranges *out, struct hd_arena *arena)
{
	for (size_t i = 0; i < s->parts.n; i++) {
		const struct hd_ship_part *p = &s->parts.v[i];
		struct hd_ship_range r = { .text = p->file != HD_SHIP_TARBALL,
			.offset = s->files[p->file].at + p->offset,
			.length = p->length };
		struct hd_ship_range *last =
		    out->n > 0 ? &out->v[out->n - 1] : NULL;

		if (!p->sent)
			continue;
		if (last != NULL && last->text == r.text &&
		    last->offset + last->length == r.offset)
			last->length += r.length;
		else
			*HD_PUSH(arena, out) = r;
	}
}

void
hd_ship_recipe(const struct hd_ship *s, struct hd_str *out)
{
	for (size_t i = 0, next; i < s->parts.n; i = next) {
		const struct hd_ship_part *p = &s->parts.v[i];
		uint64_t length = p->length;

		next = i + 1;
		if (p->file == HD_SHIP_TARBALL && s->way == HD_SHIP_STORE)
			continue;
		while (next < s->parts.n &&
		       continues(&s->parts.v[next - 1], &s->parts.v[next]))
			length += s->parts.v[next++].length;
		hd_str_addf(out, "%s %s %" PRIu64 " %" PRIu64 "\n",
		    hd_ship_names[p->file],
		    p->source != NULL ? p->source : "upload", p->start + 1,
		    length);
	}
}

uint64_t
hd_ship_block(const struct hd_ship *s)
{
	enum { BLOCKS = 256 };
	uint64_t block = 1024 * 1024;

	while (block * BLOCKS < s->size)
		block *= 2;
	return block;
}

int
hd_ship_resume(const struct hd_ship_have *have, uint64_t size,
    hd_ship_digest_fn *digest, void *ctx, uint64_t *from, struct hd_err *err)
{
	char ours[HD_SHA256_HEX];

	*from = 0;
	for (size_t i = 0; i < have->digests.n && *from < size; i++) {
		uint64_t length = have->block;

		if (length > have->part - *from)
			length = have->part - *from;
		if (length == 0 || length > size - *from)
			break;
		if (digest(ctx, *from, length, ours, err) < 0)
			return -1;
		if (strcmp(ours, have->digests.v[i]) != 0)
			break;
		*from += length;
	}
	return 0;
}
