/* sizes in bytes */
#include "core/inventory/types.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

/* 999999T is less than 2^60. */
enum { DIGITS_MAX = 6 };

static int
set_size(void *field, const struct hd_value *v, struct hd_err *err)
{
	static const char units[] = "KMGT";
	size_t n = strspn(v->text, DIGITS);
	const char *unit = strchr(units, v->text[n]);
	uint64_t *bytes = field;

	if (n == 0 || n > DIGITS_MAX || v->text[n] == '\0' || unit == NULL ||
	    v->text[n + 1] != '\0')
		return hd_type_refuse(v, v->text, err);
	*bytes = strtoul(v->text, NULL, 10);
	for (const char *u = units; u <= unit; u++)
		*bytes *= 1024;
	return *bytes > 0 ? 0 : hd_type_refuse(v, v->text, err);
}

const struct hd_type hd_type_size = {
	.set = set_size,
	.rule = "a size: a whole number from 1 to 999999 and K, M, G or T, "
		"such as 500M or 20G",
};
