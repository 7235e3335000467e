#include "core/plan/code.h"

#include "core/base/index.h"

#include <stddef.h>
#include <string.h>

enum { NAMES_SHOWN = 5 };

/* The ways in which loaded code can differ, the worst first. */
static const struct kind {
	const char *text;
	size_t list;
	bool tolerated; /* also on the way forward, if it differed before */
} kinds[] = {
	{ "old code still runs: modules that the relup did not load: ",
	    offsetof(struct hd_vm, modified), false },
	{ "old code still runs: modules that the version does not have, and "
	  "that the relup did not remove: ",
	    offsetof(struct hd_vm, gone), false },
	{ "modules of the version are not loaded: the relup does not add ",
	    offsetof(struct hd_vm, absent), true },
};

static const struct hd_strs *
list_of(const struct hd_vm *vm, const struct kind *k)
{
	return (const void *)((const char *)vm + k->list);
}

/* False after adding to reason the items of now that are not in before. */
static bool
none_new(const struct hd_strs *before, const struct hd_strs *now,
    const char *text, struct hd_str *reason)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_index was = { 0 };
	size_t n = 0;

	for (size_t i = 0; before != NULL && i < before->n; i++)
		*hd_index_at(&was, &arena, before->v[i]) = 1;
	for (size_t i = 0; i < now->n; i++) {
		if (hd_index_get(&was, now->v[i]) > 0)
			continue;
		if (n++ < NAMES_SHOWN)
			hd_str_addf(
			    reason, "%s%s", n == 1 ? text : ", ", now->v[i]);
	}
	if (n > NAMES_SHOWN)
		hd_str_addf(reason, " and %zu more", n - NAMES_SHOWN);
	return n == 0;
}

bool
hd_code_is_loaded(const struct hd_vm *before, const struct hd_vm *now,
    bool back, struct hd_str *reason)
{
	for (size_t i = 0; i < HD_COUNT(kinds); i++) {
		bool compare = before != NULL && (back || kinds[i].tolerated);

		if (!none_new(compare ? list_of(before, &kinds[i]) : NULL,
			list_of(now, &kinds[i]), kinds[i].text, reason))
			return false;
	}
	return true;
}
