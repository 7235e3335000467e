#include "core/plan/plan_private.h"

#include <inttypes.h>
#include <string.h>

static bool
listed(const struct hd_strs *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++) {
		if (hd_same(list->v[i], text))
			return true;
	}
	return false;
}

/* Bytes that the push takes there: the tarball, its unpacked files, and some
 * room so that logs and RELEASES can still be written. */
static uint64_t
needed(const struct hd_artifact *a)
{
	return a->size + a->unpacked + 4 * 1024 * 1024;
}

static bool
refused_bits(struct hd_planning *p, const struct hd_record *known)
{
	const struct hd_artifact *a = p->goal->artifact;

	if (known != NULL && !hd_same(known->identity, a->identity)) {
		hd_refuse(p,
		    "%s is on this host with other content (identity %.12s, "
		    "this one is %.12s): give the new build a new version",
		    a->version, known->identity ? known->identity : "unknown",
		    a->identity);
		return true;
	}
	if (known == NULL && listed(&p->facts->unpacked, a->version)) {
		hd_refuse(p,
		    "%s is on this host but was not pushed by hdeploy, so its "
		    "content is not known: push a new version",
		    a->version);
		return true;
	}
	return false;
}

static bool
can_prune(const struct hd_planning *p)
{
	const struct hd_goal prune = { .kind = HD_GOAL_PRUNE };
	struct hd_plan plan;

	hd_plan_make(&plan, p->app, p->host, &prune, p->facts);
	return plan.verdict == HD_PLAN_STEPS;
}

void
hd_plan_push(struct hd_planning *p)
{
	const struct hd_artifact *a = p->goal->artifact;
	const struct hd_facts *f = p->facts;
	const struct hd_record *known = hd_facts_record(f, a->version);
	bool first = f->boot == NULL && f->unpacked.n == 0;

	if (refused_bits(p, known))
		return;
	if (known != NULL && known->kept && !first) {
		hd_nothing(p, "%s is there already", a->version);
		return;
	}
	if (f->disk_free < needed(a)) {
		hd_refuse(p,
		    "not enough disk: %s needs %" PRIu64 " MiB, %" PRIu64
		    " MiB are free: %s",
		    a->version, (needed(a) >> 20) + 1, f->disk_free >> 20,
		    can_prune(p) ? "`hdeploy prune` removes old versions"
				 : "make room there");
		return;
	}
	if (known == NULL || !known->kept)
		hd_step_add(p, HD_STEP_SHIP, a->version);
	if (first)
		hd_step_add(p, HD_STEP_PLACE, a->version);
	hd_step_add(p, HD_STEP_RECORD, a->version);
}
