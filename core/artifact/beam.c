#include "core/artifact/beam.h"

#include "core/artifact/gunzip.h"
#include "core/base/alloc.h"

#include <stdint.h>
#include <string.h>

/*
 * A module is an IFF file: "FOR1", length, "BEAM", then chunks. A chunk is a
 * four-letter name, a length and data padded to four bytes. Numbers are
 * big-endian.
 */
enum { INFLATED_MAX = 12 * 1024 * 1024, FILES_MAX = 65536 };
enum { HEADER = 12, CHUNK_HEADER = 8, LINE_HEADER = 20 };

struct bytes {
	const unsigned char *p;
	size_t n;
};

/*
 * CInf: options, compiler version and source path. Dbgi, Abst, DbgB: the
 * source as terms, with its path. Docs: Elixir's contains the source path.
 */
static const char left_out[][5] = { "CInf", "Dbgi", "Abst", "DbgB", "Docs" };

static uint32_t
u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static bool
take(struct bytes *from, size_t n, struct bytes *out)
{
	if (from->n < n)
		return false;
	*out = (struct bytes){ from->p, n };
	from->p += n;
	from->n -= n;
	return true;
}

/*
 * Takes a number in the loader's compact encoding: the low three bits are a
 * tag, the others its value or the number of bytes that follow.
 */
static bool
take_number(struct bytes *from, unsigned *tag, uint64_t *value)
{
	struct bytes head, more;
	unsigned b;

	if (!take(from, 1, &head))
		return false;
	b = head.p[0];
	*tag = b & 7;
	*value = b >> 4;
	if ((b & 8) == 0)
		return true;
	*value = (b & 16) == 0 ? b >> 5 : 0;
	if (b >> 3 == 31 ||
	    !take(from, (b & 16) == 0 ? 1 : (b >> 5) + 2, &more))
		return false;
	for (size_t i = 0; i < more.n; i++)
		*value = *value << 8 | more.p[i];
	return true;
}

static void
add_number(struct hd_sha256 *h, uint64_t value)
{
	unsigned char out[8];

	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (unsigned char)(value >> (56 - 8 * i));
	hd_sha256_add(h, out, sizeof(out));
}

static void
add_bytes(struct hd_sha256 *h, struct bytes b)
{
	add_number(h, b.n);
	hd_sha256_add(h, b.p, b.n);
}

/* Line table: the source line of each line instruction. */
struct lines {
	struct bytes numbers; /* line numbers (tag 1), file changes (tag 2) */
	struct bytes *files;  /* the first is the module's own source */
	size_t nfiles, nlines;
};

static bool
skip_numbers(struct bytes *from, size_t nlines)
{
	for (size_t i = 0; i < nlines;) {
		unsigned tag;
		uint64_t value;

		if (!take_number(from, &tag, &value) || (tag != 1 && tag != 2))
			return false;
		i += tag == 1;
	}
	return true;
}

static struct bytes
last_name(struct bytes path)
{
	size_t n = 0;

	while (n < path.n && path.p[path.n - 1 - n] != '/')
		n++;
	return (struct bytes){ path.p + path.n - n, n };
}

static bool
take_files(struct bytes *from, struct lines *l)
{
	for (size_t i = 1; i < l->nfiles; i++) {
		struct bytes length, *f = &l->files[i];

		if (!take(from, 2, &length) ||
		    !take(from, (size_t)length.p[0] << 8 | length.p[1], f))
			return false;
		*f = last_name(*f);
	}
	return from->n == 0;
}

static bool
add_lines(struct hd_sha256 *h, const struct lines *l)
{
	struct bytes from = l->numbers;
	uint64_t file = 0;

	while (from.n > 0) {
		unsigned tag;
		uint64_t value;

		if (!take_number(&from, &tag, &value))
			return false;
		if (tag == 2 && (file = value) >= l->nfiles)
			return false;
		if (tag == 2)
			continue;
		add_bytes(h, l->files[file]);
		add_number(h, value);
	}
	return true;
}

/*
 * Adds a Line chunk, with source paths cut to their last names. The compiler
 * leaves out the source's name if it is just "<module>.erl".
 */
static bool
add_line_chunk(struct hd_sha256 *h, struct bytes data, const char *module)
{
	HD_AUTO_FREE struct bytes *files = NULL;
	HD_AUTO_STR own = HD_STR_INIT(4096);
	struct bytes head, rest = data;
	struct lines l;

	if (!take(&rest, LINE_HEADER, &head) || u32(head.p) != 0 ||
	    u32(head.p + 16) >= FILES_MAX)
		return false;
	l.numbers = rest;
	l.nlines = u32(head.p + 12);
	l.nfiles = u32(head.p + 16) + 1;
	l.files = files = hd_alloc(l.nfiles * sizeof(*files));
	if (!skip_numbers(&rest, l.nlines))
		return false;
	l.numbers.n -= rest.n;
	if (!take_files(&rest, &l))
		return false;
	hd_str_addf(&own, "%s.erl", module);
	files[0] = (struct bytes){ (const unsigned char *)own.ptr, own.len };
	hd_sha256_add(h, head.p, 16);
	return add_lines(h, &l);
}

/* Literals: their length, then a zlib stream. Newer modules do not compress
 * literals: the length is 0. */
static bool
add_literals(struct hd_sha256 *h, struct bytes data, const char *module)
{
	HD_AUTO_FREE unsigned char *plain = NULL;
	size_t n;

	(void)module;
	if (data.n < 4 || u32(data.p) == 0)
		return false;
	plain = hd_inflate(data.p + 4, data.n - 4, INFLATED_MAX, &n);
	if (plain == NULL)
		return false;
	add_bytes(h, (struct bytes){ plain, n });
	return true;
}

/* Chunks that are not added as they are, unless add returns false. */
static const struct {
	char name[5];
	bool (*add)(struct hd_sha256 *h, struct bytes data, const char *module);
} special[] = {
	{ "Line", add_line_chunk },
	{ "LitT", add_literals },
};

static bool
is_left_out(const unsigned char *name)
{
	for (size_t i = 0; i < HD_COUNT(left_out); i++)
		if (memcmp(name, left_out[i], 4) == 0)
			return true;
	return false;
}

static void
add_chunk(struct hd_sha256 *h, const unsigned char *name, struct bytes data,
    const char *module)
{
	if (is_left_out(name))
		return;
	hd_sha256_add(h, name, 4);
	for (size_t i = 0; i < HD_COUNT(special); i++)
		if (memcmp(name, special[i].name, 4) == 0 &&
		    special[i].add(h, data, module))
			return;
	add_bytes(h, data);
}

typedef void visit_fn(void *ctx, const unsigned char *name, struct bytes data);

/* Visits every chunk; with visit NULL only checks that the module is whole. */
static bool
walk(struct bytes all, visit_fn *visit, void *ctx)
{
	struct bytes head, data, padding;

	if (!take(&all, HEADER, &head) || memcmp(head.p, "FOR1", 4) != 0 ||
	    memcmp(head.p + 8, "BEAM", 4) != 0 || u32(head.p + 4) != all.n + 4)
		return false;
	while (all.n > 0) {
		if (!take(&all, CHUNK_HEADER, &head) ||
		    !take(&all, u32(head.p + 4), &data) ||
		    !take(&all, -data.n & 3, &padding))
			return false;
		if (visit != NULL)
			visit(ctx, head.p, data);
	}
	return true;
}

/* Sets *all to the module, unpacked into *plain if it is compressed. */
static bool
open_module(const void *p, size_t n, struct bytes *all, unsigned char **plain)
{
	*all = (struct bytes){ p, n };
	if (n > 2 && all->p[0] == 0x1f && all->p[1] == 0x8b) {
		*plain = hd_inflate(p, n, INFLATED_MAX, &all->n);
		all->p = *plain;
	}
	return all->p != NULL && walk(*all, NULL, NULL);
}

struct identity {
	struct hd_sha256 *h;
	const char *module;
};

static void
add_to_identity(void *ctx, const unsigned char *name, struct bytes data)
{
	struct identity *d = ctx;

	add_chunk(d->h, name, data, d->module);
}

static void
digest_identity(struct bytes all, const char *module, char *out)
{
	struct identity d = { .h = hd_sha256_new(), .module = module };

	walk(all, add_to_identity, &d);
	hd_sha256_hex(d.h, out);
	hd_sha256_free(d.h);
}

/* beam_lib:md5_chunks/0 */
static const char code_chunks[][5] = { "AtU8", "Atom", "Code", "ExpT", "FunT",
	"ImpT", "LitT", "Meta", "StrT" };
enum { FUNCTION_TABLE = 4 };

static void
keep_code_chunk(void *ctx, const unsigned char *name, struct bytes data)
{
	struct bytes *found = ctx;

	for (size_t i = 0; i < HD_COUNT(code_chunks); i++)
		if (memcmp(name, code_chunks[i], 4) == 0 && found[i].p == NULL)
			found[i] = data;
}

/* Each entry ends with a number that the compiler takes from the digest of the
 * module. */
static void
add_functions(struct hd_sha256 *h, struct bytes data)
{
	static const unsigned char zero[4];
	struct bytes part;

	add_number(h, data.n);
	if (take(&data, 4, &part))
		hd_sha256_add(h, part.p, part.n);
	while (data.n >= 24) {
		take(&data, 24, &part);
		hd_sha256_add(h, part.p, 20);
		hd_sha256_add(h, zero, sizeof(zero));
	}
	hd_sha256_add(h, data.p, data.n);
}

static void
digest_code(struct bytes all, char *out)
{
	struct bytes found[HD_COUNT(code_chunks)] = { 0 };
	struct hd_sha256 *h = hd_sha256_new();

	walk(all, keep_code_chunk, found);
	for (size_t i = 0; i < HD_COUNT(found); i++) {
		if (found[i].p == NULL)
			continue;
		hd_sha256_add(h, code_chunks[i], 4);
		if (i == FUNCTION_TABLE)
			add_functions(h, found[i]);
		else
			add_bytes(h, found[i]);
	}
	hd_sha256_hex(h, out);
	hd_sha256_free(h);
}

bool
hd_beam_digest(const void *p, size_t n, const char *module,
    char identity[static HD_SHA256_HEX], char code[static HD_SHA256_HEX])
{
	HD_AUTO_FREE unsigned char *plain = NULL;
	struct bytes all;

	if (!open_module(p, n, &all, &plain))
		return false;
	digest_identity(all, module, identity);
	digest_code(all, code);
	return true;
}
