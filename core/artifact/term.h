#ifndef HD_TERM_H
#define HD_TERM_H

#include "core/base/alloc.h"
#include "core/base/err.h"
#include "core/base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* Erlang terms in files for file:consult/1: .rel, relup, sys.config. */
enum hd_term_kind {
	HD_TERM_ATOM,
	HD_TERM_STRING, /* "..." */
	HD_TERM_NUMBER, /* integer, float or $c; text is its source */
	HD_TERM_BINARY, /* <<...>>; text is the source inside */
	HD_TERM_SOURCE, /* fun m:f/1, or with a ${NAME}; text is its source */
	HD_TERM_TUPLE,
	HD_TERM_LIST,
	HD_TERM_MAP, /* keys and values in turn */
};

struct hd_term {
	enum hd_term_kind kind;
	/* ATOM, STRING: escapes resolved, NUL is "\xc0\x80" */
	const char *text;
	struct hd_term *items; /* TUPLE, LIST, MAP */
	size_t n;
	bool improper; /* LIST: [a|b], whose last item is the tail */
};

/*
 * Reads the first term of text, up to its dot. HD_ELOCAL, naming the line, if
 * it is invalid, nested deeper than 100, or has over 200,000 parts. All memory
 * comes from arena.
 */
int hd_term_parse(struct hd_term *out, struct hd_arena *arena, const char *text,
    size_t n, struct hd_err *err) HD_CHECK;

/* What ${NAME} outside quotes is, which a start script replaces by text. */
enum hd_term_variables {
	HD_TERM_VARIABLES_NONE,  /* an error, as for file:consult/1 */
	HD_TERM_VARIABLES_TERMS, /* a part of an atom or number */
	HD_TERM_VARIABLES_EMPTY, /* nothing */
};
/* The same for a text that must contain this one term, as sys.config must. */
int hd_term_parse_only(struct hd_term *out, struct hd_arena *arena,
    const char *text, size_t n, enum hd_term_variables variables,
    struct hd_err *err) HD_CHECK;

bool hd_term_is(const struct hd_term *t, enum hd_term_kind kind, size_t n);
bool hd_term_is_atom(const struct hd_term *t, const char *name);
/* Item i of a tuple or list; NULL if t is NULL or has fewer items. */
const struct hd_term *hd_term_at(const struct hd_term *t, size_t i);
/* Words that are not atoms unless they are quoted. Ends with NULL. */
extern const char *const hd_term_reserved[];
/* Appends t in Erlang syntax, on one line: the same text for the same term. */
void hd_term_add(struct hd_str *out, const struct hd_term *t);
/* The text of a STRING; NULL for anything else. An empty list is not "". */
const char *hd_term_string(const struct hd_term *t);

#endif
