#include "core/artifact/term.h"

#include "core/artifact/term_reader.h"

#include <string.h>

enum { DEPTH_MAX = 100, PARTS_MAX = 200000 };

static int read_term(struct hd_term_reader *r, struct hd_term *out);

/* Takes what separates item n from the next: "=>" after a key, "|" before the
 * tail of a list, which is its last item. */
static bool
take_separator(struct hd_term_reader *r, struct hd_term *out, size_t n)
{
	if (out->kind == HD_TERM_MAP && n % 2 == 1)
		return hd_term_accept(r, "=>");
	if (out->improper)
		return false;
	out->improper = out->kind == HD_TERM_LIST && hd_term_accept(r, "|");
	return out->improper || hd_term_accept(r, ",");
}

struct bracket {
	const char *open, *close;
	enum hd_term_kind kind;
};

static int
read_items(
    struct hd_term_reader *r, const struct bracket *b, struct hd_term *out)
{
	HD_LIST(struct hd_term) items = { 0 };

	out->kind = b->kind;
	if (hd_term_accept(r, b->close))
		return 0;
	do {
		struct hd_term item;

		if (read_term(r, &item) < 0)
			return -1;
		*HD_PUSH(r->arena, &items) = item;
	} while (take_separator(r, out, items.n));
	if (out->kind == HD_TERM_MAP && items.n % 2 == 1)
		return hd_term_fail(r, "=> is missing");
	if (!hd_term_accept(r, b->close))
		return hd_term_fail(
		    r, "a comma or a closing bracket is missing");
	out->items = items.v;
	out->n = items.n;
	return 0;
}

static int
read_any(struct hd_term_reader *r, struct hd_term *out)
{
	static const struct bracket brackets[] = {
		{ "{", "}", HD_TERM_TUPLE },
		{ "[", "]", HD_TERM_LIST },
		{ "#{", "}", HD_TERM_MAP },
	};

	for (size_t i = 0; i < HD_COUNT(brackets); i++)
		if (hd_term_accept(r, brackets[i].open))
			return read_items(r, &brackets[i], out);
	return hd_term_read_word(r, out);
}

static int
read_term(struct hd_term_reader *r, struct hd_term *out)
{
	int status;

	*out = (struct hd_term){ 0 };
	if (++r->parts > PARTS_MAX)
		return hd_term_fail(r, "too large");
	if (++r->depth > DEPTH_MAX)
		return hd_term_fail(r, "nested too deeply");
	status = read_any(r, out);
	r->depth--;
	return status;
}

int
hd_term_parse(struct hd_term *out, struct hd_arena *arena, const char *text,
    size_t n, struct hd_err *err)
{
	struct hd_term_reader r = { .arena = arena,
		.at = text,
		.end = text + n,
		.start = text,
		.err = err };

	if (read_term(&r, out) < 0)
		return -1;
	if (!hd_term_accept(&r, "."))
		return hd_term_fail(&r, "the dot after the term is missing");
	return 0;
}

int
hd_term_parse_only(struct hd_term *out, struct hd_arena *arena,
    const char *text, size_t n, enum hd_term_variables variables,
    struct hd_err *err)
{
	struct hd_term_reader r = { .arena = arena,
		.at = text,
		.end = text + n,
		.start = text,
		.variables = variables,
		.err = err };

	(void)hd_term_accept(&r, "");
	if (r.at == r.end)
		return hd_term_fail(&r, "contains no term");
	if (read_term(&r, out) < 0)
		return -1;
	if (!hd_term_accept(&r, "."))
		return hd_term_fail(&r, "the dot after the term is missing");
	if (r.at < r.end && strchr(" \t\r\n\f\v%", *r.at) == NULL)
		return hd_term_fail(&r, "white space after the dot is missing");
	(void)hd_term_accept(&r, "");
	if (r.at < r.end)
		return hd_term_fail(&r, "text after the first term");
	return 0;
}

bool
hd_term_is(const struct hd_term *t, enum hd_term_kind kind, size_t n)
{
	return t != NULL && t->kind == kind && t->n == n;
}

bool
hd_term_is_atom(const struct hd_term *t, const char *name)
{
	return t != NULL && t->kind == HD_TERM_ATOM &&
	       strcmp(t->text, name) == 0;
}

const struct hd_term *
hd_term_at(const struct hd_term *t, size_t i)
{
	return t != NULL && i < t->n ? &t->items[i] : NULL;
}

const char *
hd_term_string(const struct hd_term *t)
{
	return t != NULL && t->kind == HD_TERM_STRING ? t->text : NULL;
}
