#include "core/plan/plan_private.h"

/* Lines of pushes, starts and stops change no version. */
static bool
is_change(const struct hd_past *h)
{
	return (hd_same(h->command, "upgrade") ||
		   hd_same(h->command, "rollback")) &&
	       h->from != NULL && h->to != NULL;
}

/* Whether change i went back within its own run, because of another host. */
static bool
went_back(const struct hd_facts *f, size_t i)
{
	for (size_t k = i + 1; k < f->history.n; k++) {
		if (hd_same(f->history.v[k].id, f->history.v[i].id) &&
		    hd_same(f->history.v[k].result, "undone"))
			return true;
	}
	return false;
}

/* Whether change i was undone later: whoever undoes an older change takes all
 * that came after it along. */
static bool
taken_back(const struct hd_facts *f, size_t i)
{
	if (went_back(f, i))
		return true;
	for (size_t k = i + 1; k < f->history.n; k++) {
		const struct hd_past *later = &f->history.v[k];

		if (!is_change(later) || !hd_same(later->result, "ok") ||
		    later->undoes == NULL || went_back(f, k))
			continue;
		for (size_t j = 0; j <= i; j++) {
			if (hd_same(later->undoes, f->history.v[j].id))
				return true;
		}
	}
	return false;
}

const struct hd_past *
hd_past_standing(const struct hd_facts *f, const char *from)
{
	for (size_t i = f->history.n; i-- > 0;) {
		const struct hd_past *h = &f->history.v[i];

		if (is_change(h) && hd_same(h->result, "ok") &&
		    h->undoes == NULL && !hd_same(h->from, h->to) &&
		    (from == NULL || hd_same(h->from, from)) &&
		    !taken_back(f, i))
			return h;
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
