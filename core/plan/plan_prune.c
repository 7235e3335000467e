/* prune: removes versions that are no longer needed */
#include "core/base/index.h"
#include "core/plan/plan_private.h"

#include <stdlib.h>

/* The limit of one plan; the next run removes the rest. */
enum { PRUNE_MAX = HD_PLAN_MAX - 1 };

static void
refuse_unread(struct hd_planning *p)
{
	const char *repair = hd_plan_repairs(p);

	hd_refuse(p,
	    "the node does not know its libraries (releases/RELEASES was "
	    "missing when it started), so nothing is removed: %s`%s`%s",
	    repair != NULL ? "" : "restore that file, then ",
	    repair != NULL ? repair : hd_plan_advice(p, "restart", NULL),
	    repair != NULL ? " makes that file, and the node reads it" : "");
}

/* A release_handler that made up its list at boot knows no libraries: anything
 * that it removes may be in use. */
static bool
require_list(struct hd_planning *p)
{
	const struct hd_facts *f = p->facts;

	if (!hd_require_whole_switch(p) ||
	    (f->vm.state == HD_VM_UNREACHABLE &&
		hd_require_running(p) == NULL) ||
	    hd_require_bootable(p) == NULL)
		return false; /* refused */
	if (f->vm.state == HD_VM_DOWN)
		hd_refuse(p,
		    "only a running node can report which files it needs: "
		    "start it first, `%s`",
		    hd_plan_advice(p, "start", NULL));
	else if (f->vm.word != NULL)
		hd_refuse(p,
		    "the VM did not report which files it needs (%s), so "
		    "nothing is removed",
		    hd_vm_source(&f->vm));
	else if (p->out->before == NULL ||
		 (f->vm.libraries.n == 0 && !f->no_list))
		refuse_unread(p);
	else
		return true;
	return false;
}

static bool
is_used(const char *status)
{
	return hd_same(status, "current") || hd_same(status, "permanent") ||
	       hd_same(status, "tmp_current");
}

/* The newest version, other than the running one, that passed its checks: it
 * stays even if no change in the history came from it. */
static const char *
last_verified(const struct hd_planning *p)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_index verified = { 0 };

	for (size_t i = 0; i < p->facts->records.n; i++)
		if (p->facts->records.v[i].verified)
			*hd_index_at(&verified, &arena,
			    p->facts->records.v[i].version) = 1;
	for (size_t i = 0; i < p->facts->newest.n; i++) {
		const char *version = p->facts->newest.v[i];

		if (hd_index_get(&verified, version) > 0 &&
		    !hd_same(version, p->out->before))
			return version;
	}
	return NULL;
}

/* The versions that stay: what runs or boots, and where a rollback would go,
 * even from a change that was cut off before its record. */
static void
find_used(
    struct hd_index *out, struct hd_arena *arena, const struct hd_planning *p)
{
	const struct hd_facts *f = p->facts;
	const struct hd_past *standing = hd_past_standing(f, NULL);
	const char *const named[] = {
		p->out->before,
		hd_facts_boots(f),
		standing != NULL ? standing->from : NULL,
		hd_plan_unrecorded(f, p->out->before) ? f->snapshot_boot : NULL,
		last_verified(p),
	};

	for (size_t i = 0; i < HD_COUNT(named); i++)
		if (named[i] != NULL)
			*hd_index_at(out, arena, named[i]) = 1;
	for (size_t i = 0; i < f->vm.releases.n; i++)
		if (is_used(f->vm.releases.v[i].status))
			*hd_index_at(out, arena, f->vm.releases.v[i].version) =
			    1;
}

void
hd_prune_steps(struct hd_planning *p)
{
	const struct hd_strs *all = &p->facts->newest;
	HD_AUTO_ARENA arena = { 0 };
	struct hd_index used = { 0 };

	find_used(&used, &arena, p);
	for (size_t i = p->host->keep; i < all->n && p->out->n < PRUNE_MAX;
	     i++) {
		if (hd_index_get(&used, all->v[i]) == 0)
			hd_step_add(p, HD_STEP_PRUNE, all->v[i]);
	}
	if (p->out->n == 0) {
		hd_nothing(p, "nothing to remove: %zu version%s, keep = %u",
		    all->n, all->n == 1 ? "" : "s", p->host->keep);
		return;
	}
	hd_step_add(p, HD_STEP_RECORD, p->out->before);
}

void
hd_plan_prune(struct hd_planning *p)
{
	if (hd_require_release(p) && require_list(p))
		hd_prune_steps(p);
}
