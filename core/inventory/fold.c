#include "core/inventory/fold.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

enum { DIGITS_MAX = 9, LEAST = 3 };

/* A name, split at its last number that can be part of a range. */
struct parts {
	const char *name;
	size_t before, digits; /* bytes; digits 0: no such number */
	unsigned long number;
};

static struct parts
take_apart(const char *name)
{
	struct parts p = { .name = name };

	for (size_t i = strlen(name); i > 0 && p.digits == 0;) {
		size_t end = i;

		while (i > 0 && strchr(DIGITS, name[i - 1]) != NULL)
			i--;
		p.before = i;
		p.digits = end - i <= DIGITS_MAX ? end - i : 0;
		if (end == i)
			i--;
	}
	p.number = strtoul(name + p.before, NULL, 10);
	return p;
}

/* Whether b directly follows a in the range that starts with first. web01 stays
 * two digits wide, web1 grows to web10. */
static bool
continues(
    const struct parts *first, const struct parts *a, const struct parts *b)
{
	bool padded = first->name[first->before] == '0';

	return b->digits > 0 && a->before == b->before &&
	       memcmp(a->name, b->name, a->before) == 0 &&
	       strcmp(a->name + a->before + a->digits,
		   b->name + b->before + b->digits) == 0 &&
	       b->number == a->number + 1 &&
	       (padded ? b->digits == first->digits
		       : b->name[b->before] != '0');
}

static size_t
run_length(const char *const *names, size_t n)
{
	struct parts first = take_apart(names[0]), last = first;
	size_t i = 1;

	for (; first.digits > 0 && i < n; i++) {
		struct parts next = take_apart(names[i]);

		if (!continues(&first, &last, &next))
			break;
		last = next;
	}
	return i;
}

void
hd_names_fold(struct hd_str *out, const char *const *names, size_t n,
    const char *before, const char *separator)
{
	for (size_t i = 0, step; i < n; i += step) {
		struct parts a = take_apart(names[i]), b;

		step = run_length(names + i, n - i);
		hd_str_addf(out, "%s%s", i > 0 ? separator : "", before);
		if (step < LEAST) {
			step = 1;
			hd_str_add(out, names[i]);
			continue;
		}
		b = take_apart(names[i + step - 1]);
		hd_str_addf(out, "%.*s[%.*s-%.*s]%s", (int)a.before, a.name,
		    (int)a.digits, a.name + a.before, (int)b.digits,
		    b.name + b.before, a.name + a.before + a.digits);
	}
}
