/* Numbers in Erlang terms. */
#include "core/artifact/term_reader.h"

static char
peek(const struct hd_term_reader *r)
{
	return r->at < r->end ? *r->at : '\0';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits, each after at most one "_". */
void
hd_term_skip_digits(struct hd_term_reader *r, int base)
{
	while (r->end - r->at > 0) {
		const char *p = r->at + (*r->at == '_');
		int letter = p < r->end ? (*p | 32) - 'a' : -1;

		if (p == r->end ||
		    !(is_digit(*p) ? *p - '0' < base
				   : letter >= 0 && letter < base - 10))
			return;
		r->at = p + 1;
	}
}

/* 1, 1_000, 16#ff, 1.5e-3 */
static int
skip_number(struct hd_term_reader *r)
{
	const char *start = r->at;
	int base = 0;

	hd_term_skip_digits(r, 10);
	if (peek(r) == '#' && r->at - start <= 2) {
		for (const char *p = start; p < r->at; p++)
			base = base * 10 + (*p - '0');
		r->at++;
		hd_term_skip_digits(r, base);
		return 0;
	}
	if (r->end - r->at < 2 || r->at[0] != '.' || !is_digit(r->at[1]))
		return 0;
	r->at++;
	hd_term_skip_digits(r, 10);
	if ((peek(r) | 32) != 'e')
		return 0;
	r->at++;
	if (peek(r) == '-' || peek(r) == '+')
		r->at++;
	if (!is_digit(peek(r)))
		return hd_term_fail(r, "not a number");
	hd_term_skip_digits(r, 10);
	return 0;
}

int
hd_term_read_number(
    struct hd_term_reader *r, const char *sign, struct hd_term *out)
{
	const char *start = r->at;

	if (!is_digit(peek(r)))
		return hd_term_fail(r, "a number is missing");
	if (skip_number(r) < 0)
		return -1;
	out->kind = HD_TERM_NUMBER;
	out->text =
	    hd_arena_fmt(r->arena, "%s%.*s", sign, (int)(r->at - start), start);
	return 0;
}
