#include "core/inventory/range.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

enum { DIGITS_MAX = 9 };

static bool
number(const char **at, char stop, unsigned *out, int *width)
{
	size_t n = strspn(*at, DIGITS);

	if (n == 0 || n > DIGITS_MAX || (*at)[n] != stop)
		return false;
	*out = (unsigned)strtoul(*at, NULL, 10);
	*width = (int)n;
	*at += n + 1;
	return true;
}

static int
ends(struct hd_range *r, const char *at, const char *text, struct hd_err *err)
{
	unsigned last;
	const char *from;
	int width;

	if (!number(&at, '-', &r->first, &r->width))
		goto bad;
	from = at;
	if (!number(&at, ']', &last, &width) || strpbrk(at, "[]") != NULL)
		goto bad;
	if (*from == '0' && width != r->width)
		return hd_err_set(err, HD_ECONFIG,
		    "\"%s\": write both ends of the range with the same number of digits",
		    text);
	if (last < r->first)
		return hd_err_set(err, HD_ECONFIG,
		    "\"%s\": the range ends before it begins", text);
	if (last - r->first >= HD_RANGE_MAX)
		return hd_err_set(err, HD_ECONFIG,
		    "\"%s\": a range can have at most %d elements", text,
		    HD_RANGE_MAX);
	r->count = (size_t)last - r->first + 1;
	r->after = at;
	return 0;
bad:
	return hd_err_set(err, HD_ECONFIG,
	    "\"%s\": brackets must contain one range such as [1-4], or an IPv6 "
	    "address",
	    text);
}

int
hd_range_parse(struct hd_range *out, struct hd_arena *a, const char *text,
    struct hd_err *err)
{
	size_t n = strcspn(text, "[]");

	*out = (struct hd_range){
		.before = hd_arena_strndup(a, text, n),
		.after = "",
		.count = 1,
	};
	if (text[n] == '\0')
		return 0;
	if (text[n] == ']')
		return hd_err_set(err, HD_ECONFIG, "\"%s\": ] without [", text);
	if (ends(out, text + n + 1, text, err) < 0)
		return -1;
	out->after = hd_arena_strdup(a, out->after);
	return 0;
}

const char *
hd_range_word(const struct hd_range *r, struct hd_arena *a, size_t i)
{
	if (r->width == 0)
		return r->before;
	return hd_arena_fmt(a, "%s%0*u%s", r->before, r->width,
	    r->first + (unsigned)i, r->after);
}
