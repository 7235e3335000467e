/* prune: which versions nobody needs any more */
#include "core/plan/plan_private.h"

#include <stdlib.h>

/* The last to go if a host knows more than one plan can hold: the next run
 * finds the rest. */
enum { PRUNE_MAX = HD_PLAN_MAX - 1 };

/* A release_handler that made its list up at boot knows no libraries: whatever
 * it removes may be what runs. */
static bool
list_is_real(struct hd_planning *p)
{
	const struct hd_facts *f = p->facts;

	if (f->vm.state != HD_VM_UP)
		hd_refuse(p,
		    "only a node that runs can say which files it needs: "
		    "start it first, `%s`",
		    hd_plan_advice(p, "start", NULL));
	else if (f->vm.word != NULL)
		hd_refuse(p, "no VM said which files it needs (" HD_BY_WORD
			     "), so nothing is removed");
	else if (p->out->before == NULL || f->vm.libraries.n == 0)
		hd_refuse(p,
		    "the node does not know what it is made of "
		    "(releases/RELEASES was missing when it started), so "
		    "nothing is removed: restore that file, then `%s`",
		    hd_plan_advice(p, "restart", NULL));
	else if (hd_facts_boots(f) == NULL)
		hd_refuse(p,
		    "it is not known what would boot, so nothing is removed: "
		    "see `%s`",
		    hd_plan_advice(p, "status", NULL));
	else
		return true;
	return false;
}

/* Where a rollback would go: also from a change that was cut off before the
 * history had it. */
static bool
is_way_back(const struct hd_planning *p, const char *version)
{
	const struct hd_facts *f = p->facts;
	const struct hd_past *standing = hd_past_standing(f, NULL);

	return (standing != NULL && hd_same(version, standing->from)) ||
	       (hd_plan_unrecorded(f, p->out->before) &&
		   hd_same(version, f->snapshot_boot));
}

static bool
in_use(const struct hd_planning *p, const char *version)
{
	const struct hd_facts *f = p->facts;
	const char *status = hd_facts_status(f, version);

	return hd_same(version, p->out->before) ||
	       hd_same(version, hd_facts_boots(f)) || is_way_back(p, version) ||
	       hd_same(status, "current") || hd_same(status, "permanent") ||
	       hd_same(status, "tmp_current");
}

/* The last that passed its checks here before the one that runs: it stays even
 * where the history does not say that a change came from it. */
static const char *
last_verified(const struct hd_planning *p)
{
	for (size_t i = 0; i < p->facts->newest.n; i++) {
		const char *version = p->facts->newest.v[i];
		const struct hd_record *r = hd_facts_record(p->facts, version);

		if (r != NULL && r->verified &&
		    !hd_same(version, p->out->before))
			return version;
	}
	return NULL;
}

void
hd_plan_prune(struct hd_planning *p)
{
	const struct hd_strs *all = &p->facts->newest;
	const char *verified = last_verified(p);

	if (hd_release_missing(p) || !list_is_real(p))
		return;
	for (size_t i = p->host->keep; i < all->n && p->out->n < PRUNE_MAX;
	     i++) {
		if (!in_use(p, all->v[i]) && !hd_same(all->v[i], verified))
			hd_step_add(p, HD_STEP_PRUNE, all->v[i]);
	}
	if (p->out->n == 0) {
		hd_nothing(p, "nothing to remove: %zu version%s, keep = %u",
		    all->n, all->n == 1 ? "" : "s", p->host->keep);
		return;
	}
	hd_step_add(p, HD_STEP_RECORD, p->out->before);
}
