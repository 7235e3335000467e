#ifndef HD_TERM_READER_H
#define HD_TERM_READER_H

#include "core/artifact/term.h"

/* Shared by term.c, which reads brackets, term_word.c, which reads texts and
 * atoms, and term_number.c. */
struct hd_term_reader {
	struct hd_arena *arena;
	const char *at, *end, *start;
	size_t parts;
	unsigned depth;
	enum hd_term_variables variables;
	struct hd_err *err;
};

/* Sets the error with the current line. Returns -1. */
int hd_term_fail(struct hd_term_reader *r, const char *what) HD_CHECK;
/* Takes token if it comes next; hd_term_accept() skips white space first. */
bool hd_term_follows(struct hd_term_reader *r, const char *token);
bool hd_term_accept(struct hd_term_reader *r, const char *token);

/* Reads a term without brackets. */
int hd_term_read_word(struct hd_term_reader *r, struct hd_term *out) HD_CHECK;
/* Reads a number, whose text begins with sign. */
int hd_term_read_number(
    struct hd_term_reader *r, const char *sign, struct hd_term *out) HD_CHECK;
/* Skips digits, each after at most one "_". */
void hd_term_skip_digits(struct hd_term_reader *r, int base);
/* Bytes of "${...}" at p; 0: p does not begin with that. */
size_t hd_term_variable(const char *p, const char *end);

#endif
