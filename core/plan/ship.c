#include "core/plan/ship.h"

#include "core/base/name.h"
#include "core/plan/modules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TEXTS_MAX = 64 * 1024 * 1024,
	WANTED_MAX = 2000, /* bounds the script that asks, and its answer */
};

const char *const hd_ship_names[HD_SHIP_FILES] = {
	[HD_SHIP_TARBALL] = "tarball",
	[HD_SHIP_MANIFEST] = "manifest",
	[HD_SHIP_MODULES] = "modules",
	[HD_SHIP_CHUNKS] = "chunks",
};

static void
add_part(struct hd_ship *s, enum hd_ship_file file, uint64_t offset,
    uint64_t length, const char *sha256)
{
	struct hd_ship_part *p;

	if (length == 0)
		return;
	p = HD_PUSH(&s->arena, &s->parts);
	*p = (struct hd_ship_part){
		.file = file, .offset = offset, .length = length
	};
	if (sha256 != NULL)
		snprintf(p->digest, sizeof(p->digest), "%.*s", HD_SHIP_DIGEST,
		    sha256);
}

/* The chunks, and the bytes before and after them, which are in none. */
static void
add_tarball(struct hd_ship *s, const struct hd_artifact *a)
{
	uint64_t end = 0;

	s->files[HD_SHIP_TARBALL].size = a->size;
	memcpy(s->files[HD_SHIP_TARBALL].sha256, a->sha256, HD_SHA256_HEX);
	for (size_t i = 0; i < a->chunks.n; i++) {
		const struct hd_chunk *c = &a->chunks.v[i];

		add_part(s, HD_SHIP_TARBALL, end, c->offset - end, NULL);
		add_part(s, HD_SHIP_TARBALL, c->offset, c->length, c->sha256);
		end = c->offset + c->length;
	}
	add_part(s, HD_SHIP_TARBALL, end, a->size - end, NULL);
}

/* The length of the text that all lines of a part share: in a manifest, two
 * components of the path; in modules, the first two words. */
static size_t
key_length(enum hd_ship_file file, const char *line, const char *end)
{
	char between = file == HD_SHIP_MANIFEST ? '/' : ' ';
	const char *p = line;

	for (unsigned n = 0; p < end; p++)
		if (*p == between && ++n == 2)
			break;
	return (size_t)(p - line);
}

static const char *
key_of(enum hd_ship_file file, const char *line, const char *end)
{
	size_t skip = HD_SHA256_HEX + 1; /* "DIGEST  PATH" */

	return file == HD_SHIP_MANIFEST && (size_t)(end - line) > skip
		   ? line + skip
		   : line;
}

static void
add_digested(
    struct hd_ship *s, enum hd_ship_file file, const char *from, const char *to)
{
	struct hd_sha256 *h = hd_sha256_new();
	const char *text = s->texts.ptr + s->files[file].at;
	char sha256[HD_SHA256_HEX];

	hd_sha256_add(h, from, (size_t)(to - from));
	hd_sha256_hex(h, sha256);
	hd_sha256_free(h);
	add_part(
	    s, file, (uint64_t)(from - text), (uint64_t)(to - from), sha256);
}

/* Both texts are sorted, so that a part holds all lines of one library. */
static void
add_lines(struct hd_ship *s, enum hd_ship_file file)
{
	const char *from = s->texts.ptr + s->files[file].at;
	const char *end = from + s->files[file].size;
	const char *key = NULL;
	size_t len = 0;

	for (const char *line = from; line < end;) {
		const char *next = memchr(line, '\n', (size_t)(end - line));
		const char *mine = key_of(file, line, next);
		size_t mine_len = key_length(file, mine, next);

		if (key != NULL &&
		    (mine_len != len || memcmp(mine, key, len) != 0)) {
			add_digested(s, file, from, line);
			from = line;
		}
		key = mine;
		len = mine_len;
		line = next + 1;
	}
	if (from < end)
		add_digested(s, file, from, end);
}

/* Closes the text that was appended to s->texts at `at`. */
static void
end_text(struct hd_ship *s, enum hd_ship_file file, size_t at)
{
	struct hd_sha256 *h;

	s->files[file].at = at;
	s->files[file].size = s->texts.len - at;
	if (s->texts.len == at)
		return;
	h = hd_sha256_new();
	hd_sha256_add(h, s->texts.ptr + at, s->texts.len - at);
	hd_sha256_hex(h, s->files[file].sha256);
	hd_sha256_free(h);
}

/* The largest parts, at most WANTED_MAX. */
static void
choose_wanted(struct hd_ship *s)
{
	uint64_t least = 1;
	size_t n;

	for (;; least *= 2) {
		n = 0;
		for (size_t i = 0; i < s->parts.n; i++)
			n += s->parts.v[i].digest[0] != '\0' &&
			     s->parts.v[i].length >= least;
		if (n <= WANTED_MAX)
			break;
	}
	for (size_t i = 0; i < s->parts.n; i++)
		if (s->parts.v[i].digest[0] != '\0' &&
		    s->parts.v[i].length >= least)
			*HD_PUSH(&s->arena, &s->wanted) = i;
}

int
hd_ship_init(struct hd_ship *s, const struct hd_artifact *a, struct hd_err *err)
{
	size_t at;

	*s = (struct hd_ship){ .texts = HD_STR_INIT(TEXTS_MAX) };
	add_tarball(s, a);
	hd_artifact_manifest(a, &s->texts);
	end_text(s, HD_SHIP_MANIFEST, 0);
	at = s->texts.len;
	hd_modules_write(a, &s->texts);
	end_text(s, HD_SHIP_MODULES, at);
	if (hd_str_check(&s->texts, err) < 0)
		return -1;
	add_lines(s, HD_SHIP_MANIFEST);
	add_lines(s, HD_SHIP_MODULES);
	at = s->texts.len;
	hd_ship_list(s, &s->texts);
	end_text(s, HD_SHIP_CHUNKS, at);
	add_part(s, HD_SHIP_CHUNKS, 0, s->files[HD_SHIP_CHUNKS].size, NULL);
	s->size = a->size + s->texts.len;
	choose_wanted(s);
	hd_ship_choose_whole(s);
	return hd_str_check(&s->texts, err);
}

void
hd_ship_done(struct hd_ship *s)
{
	hd_str_done(&s->texts);
	hd_arena_done(&s->arena);
}

void
hd_ship_list(const struct hd_ship *s, struct hd_str *out)
{
	for (size_t i = 0; i < s->parts.n; i++) {
		const struct hd_ship_part *p = &s->parts.v[i];

		if (p->digest[0] != '\0')
			hd_str_addf(out, "%s %" PRIu64 " %" PRIu64 " %s\n",
			    hd_ship_names[p->file], p->offset, p->length,
			    p->digest);
	}
}

void
hd_ship_ask(const struct hd_ship *s, struct hd_str *out)
{
	for (size_t i = 0; i < s->wanted.n; i++)
		hd_str_addf(out, "%s\n", s->parts.v[s->wanted.v[i]].digest);
}

/* A number in decimal, from 1, of at most 15 digits. */
static bool
number(const char *text, uint64_t *out)
{
	size_t n = strspn(text, "0123456789");

	*out = strtoull(text, NULL, 10);
	return n > 0 && n <= 15 && text[n] == '\0' && *out > 0;
}

static bool
is_kept_file(const char *file)
{
	for (size_t i = 0; i < HD_SHIP_CHUNKS; i++)
		if (strcmp(hd_ship_names[i], file) == 0)
			return true;
	return false;
}

int
hd_ship_answer(struct hd_ship *s, const char *answer, struct hd_err *err)
{
	char *rest = hd_arena_strdup(&s->arena, answer);
	const char *word[4];
	uint64_t index, start;
	struct hd_ship_part *p;

	for (size_t i = 0; i < HD_COUNT(word); i++)
		if ((word[i] = strtok_r(i == 0 ? rest : NULL, " ", &rest)) ==
		    NULL)
			word[i] = "";
	if (strtok_r(NULL, " ", &rest) != NULL || !number(word[0], &index) ||
	    index > s->wanted.n || !hd_version_valid(word[1]) ||
	    !is_kept_file(word[2]) || !number(word[3], &start))
		return hd_err_set(err, HD_EREMOTE,
		    "the host answered \"%.100s\" for a part that it has",
		    answer);
	p = &s->parts.v[s->wanted.v[index - 1]];
	p->source = hd_arena_fmt(&s->arena, "%s/%s", word[1], word[2]);
	p->start = start - 1;
	return 0;
}

void
hd_ship_sums(const struct hd_ship *s, struct hd_str *out)
{
	for (size_t i = 0; i < HD_SHIP_FILES; i++)
		if (s->files[i].sha256[0] != '\0')
			hd_str_addf(out, "%s %s\n", hd_ship_names[i],
			    s->files[i].sha256);
}
