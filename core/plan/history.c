#include "core/base/index.h"
#include "core/plan/plan_private.h"

#include <string.h>

/* Whether h changed a version; pushes, starts and stops do not. */
static bool
is_change(const struct hd_past *h)
{
	return (hd_same(h->command, "upgrade") ||
		   hd_same(h->command, "rollback")) &&
	       h->from != NULL && h->to != NULL;
}

/* What later lines say about the line at hand. */
struct later {
	struct hd_arena arena;
	struct hd_index places; /* 1 + the first line of each id */
	struct hd_index undone; /* ids of changes that their own run took back,
				   because another host failed */
	size_t back_to; /* lines from this index on were taken back: taking back
			   a change also takes back all later ones */
};

static void
later_done(struct later *l)
{
	hd_arena_done(&l->arena);
}

static void
later_init(struct later *l, const struct hd_facts *f)
{
	*l = (struct later){ .back_to = f->history.n };
	for (size_t i = f->history.n; i-- > 0;)
		if (f->history.v[i].id != NULL)
			*hd_index_at(
			    &l->places, &l->arena, f->history.v[i].id) = i + 1;
}

static bool
went_back(const struct later *l, const struct hd_past *h)
{
	return h->id != NULL && hd_index_get(&l->undone, h->id) > 0;
}

/* Adds h to the later lines. */
static void
pass(struct later *l, const struct hd_past *h)
{
	size_t place;

	if (h->undoes != NULL && is_change(h) && hd_same(h->result, "ok") &&
	    !went_back(l, h)) {
		place = hd_index_get(&l->places, h->undoes);
		if (place > 0 && place - 1 < l->back_to)
			l->back_to = place - 1;
	}
	if (h->id != NULL && hd_same(h->result, "undone"))
		*hd_index_at(&l->undone, &l->arena, h->id) = 1;
}

const struct hd_past *
hd_past_standing(const struct hd_facts *f, const char *from)
{
	HD_CLEANUP(later_done) struct later l;

	later_init(&l, f);
	for (size_t i = f->history.n; i-- > 0;) {
		const struct hd_past *h = &f->history.v[i];

		if (is_change(h) && hd_same(h->result, "ok") &&
		    h->undoes == NULL && !hd_same(h->from, h->to) &&
		    (from == NULL || hd_same(h->from, from)) && i < l.back_to &&
		    !went_back(&l, h))
			return h;
		pass(&l, h);
	}
	return NULL;
}

const struct hd_past *
hd_past_last(const struct hd_facts *f)
{
	for (size_t i = f->history.n; i-- > 0;) {
		if (is_change(&f->history.v[i]))
			return &f->history.v[i];
	}
	return NULL;
}

const struct hd_past *
hd_plan_newest(const struct hd_facts *f, const struct hd_past *newest)
{
	const struct hd_past *last = hd_past_last(f);

	if (last == NULL || last->time == NULL)
		return newest;
	return newest == NULL || strcmp(last->time, newest->time) > 0 ? last
								      : newest;
}
