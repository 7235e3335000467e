/* Shared by the findings about drift. */
#include "core/plan/drift.h"

enum { NAMED = 3 };

const char *
hd_drift_join(struct hd_arena *a, const struct hd_strs *list)
{
	const char *text = "";

	for (size_t i = 0; i < list->n && i < NAMED; i++)
		text = hd_arena_fmt(
		    a, "%s%s%s", text, i > 0 ? ", " : "", list->v[i]);
	return list->n <= NAMED
		   ? text
		   : hd_arena_fmt(a, "%s and %zu more", text, list->n - NAMED);
}

bool
hd_drift_settled(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;

	return f->refusal == NULL && f->lock == NULL && f->unfinished == NULL &&
	       f->switching == NULL && hd_facts_change(f) == NULL;
}

const char *
hd_drift_repair(const struct hd_look *l)
{
	return hd_advice(l->arena, l->host, "repair", NULL);
}
