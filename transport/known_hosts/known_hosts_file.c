#include "transport/known_hosts/known_hosts_file.h"

#include "core/base/digest.h"
#include "core/base/fs.h"
#include "core/base/index.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 64 * 1024 * 1024 };

/* Where a line starts in the text. */
struct place {
	size_t at;
	unsigned number;
};
struct hashed {
	struct hd_known_hash hash;
	struct place place;
};
/* A line that names a host; the lines of one name are a chain. */
struct named {
	struct place place;
	size_t next; /* 1 + index in names; 0: the end */
};

struct hd_known_file {
	struct hd_arena arena;
	const char *path;
	struct hd_str text;
	struct hd_index index; /* name to 1 + index in names */
	HD_LIST(struct named) names;
	HD_LIST(struct place) patterns;
	HD_LIST(struct hashed) hashed;
};

static bool
has_pattern(struct hd_span names)
{
	for (size_t i = 0; i < names.n; i++)
		if (strchr("*?!", names.p[i]) != NULL)
			return true;
	return false;
}

static void
add_name(struct hd_known_file *f, struct hd_span name, struct place place)
{
	size_t *last =
	    hd_index_at(&f->index, &f->arena, hd_span_lower(name, &f->arena));

	*HD_PUSH(&f->arena, &f->names) = (struct named){ place, *last };
	*last = f->names.n;
}

static void
add_line(struct hd_known_file *f, struct hd_span names, struct place place)
{
	struct hashed one = { .place = place };

	if (hd_known_hashed(names)) {
		if (hd_known_hash_read(&one.hash, names))
			*HD_PUSH(&f->arena, &f->hashed) = one;
		return;
	}
	if (has_pattern(names)) {
		*HD_PUSH(&f->arena, &f->patterns) = place;
		return;
	}
	while (names.n > 0)
		add_name(f, hd_known_item(&names), place);
}

static void
index_lines(struct hd_known_file *f)
{
	struct hd_span rest = { f->text.ptr, f->text.len };
	struct place place = { 0, 0 };
	struct hd_known_line line;

	while (rest.n > 0) {
		place.at = f->text.len - rest.n;
		place.number++;
		if (hd_known_split(&line, hd_known_next(&rest)))
			add_line(f, line.names, place);
	}
}

static struct hd_known_file *
new_file(const char *path)
{
	struct hd_known_file *f = hd_alloc(sizeof(*f));

	f->path = hd_arena_strdup(&f->arena, path);
	hd_str_init(&f->text, FILE_MAX);
	return f;
}

struct hd_known_file *
hd_known_file_of(const char *path, const char *text, size_t len)
{
	struct hd_known_file *f = new_file(path);

	hd_str_addn(&f->text, text, len);
	index_lines(f);
	return f;
}

int
hd_known_file_read(
    struct hd_known_file **out, const char *path, struct hd_err *err)
{
	struct hd_known_file *f = new_file(path);

	if (hd_fs_read_regular(path, &f->text, err) < 0) {
		hd_known_file_free(f);
		return hd_err_prefix(err, "known hosts");
	}
	index_lines(f);
	*out = f;
	return 0;
}

void
hd_known_file_free(struct hd_known_file *f)
{
	if (f == NULL)
		return;
	hd_str_done(&f->text);
	hd_arena_done(&f->arena);
	free(f);
}

const char *
hd_known_file_path(const struct hd_known_file *f)
{
	return f->path;
}

static bool
split_at(const struct hd_known_file *f, size_t at, struct hd_known_line *out)
{
	struct hd_span rest = { f->text.ptr + at, f->text.len - at };

	return hd_known_split(out, hd_known_next(&rest));
}

/* The lines that cover one name. */
struct found {
	struct hd_arena arena;
	HD_LIST(struct place) places;
};

static void
find_plain(const struct hd_known_file *f, const char *name, struct found *out)
{
	size_t next = hd_index_get(&f->index, name);

	for (; next > 0; next = f->names.v[next - 1].next)
		*HD_PUSH(&out->arena, &out->places) =
		    f->names.v[next - 1].place;
}

static void
find_patterns(
    const struct hd_known_file *f, const char *name, struct found *out)
{
	struct hd_known_line line;

	for (size_t i = 0; i < f->patterns.n; i++)
		if (split_at(f, f->patterns.v[i].at, &line) &&
		    hd_known_in_list(line.names, name))
			*HD_PUSH(&out->arena, &out->places) = f->patterns.v[i];
}

static void
find_hashed(const struct hd_known_file *f, const char *name, struct found *out)
{
	struct hd_hmac_sha1 *h = f->hashed.n > 0 ? hd_hmac_sha1_new() : NULL;
	const size_t n = strlen(name);
	unsigned char got[20];

	for (size_t i = 0; i < f->hashed.n; i++) {
		const struct hashed *one = &f->hashed.v[i];

		hd_hmac_sha1(
		    h, one->hash.salt, sizeof(one->hash.salt), name, n, got);
		if (memcmp(got, one->hash.mac, sizeof(got)) == 0)
			*HD_PUSH(&out->arena, &out->places) = one->place;
	}
	hd_hmac_sha1_free(h);
}

static int
by_number(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

void
hd_known_file_find(const struct hd_known_file *f, const char *name,
    hd_known_line_fn *fn, void *ctx)
{
	struct found found = { 0 };
	unsigned last = 0; /* a line can have a name twice */
	struct hd_known_line line;

	find_plain(f, name, &found);
	find_patterns(f, name, &found);
	find_hashed(f, name, &found);
	if (found.places.n > 0)
		qsort(found.places.v, found.places.n, sizeof(*found.places.v),
		    by_number);
	for (size_t i = 0; i < found.places.n; i++) {
		const struct place *p = &found.places.v[i];

		if (p->number != last && split_at(f, p->at, &line))
			fn(ctx, &line, p->number);
		last = p->number;
	}
	hd_arena_done(&found.arena);
}

void
hd_known_file_each(
    const struct hd_known_file *f, hd_known_line_fn *fn, void *ctx)
{
	struct hd_span rest = { f->text.ptr, f->text.len };
	struct hd_known_line line;

	for (unsigned number = 1; rest.n > 0; number++)
		if (hd_known_split(&line, hd_known_next(&rest)))
			fn(ctx, &line, number);
}
