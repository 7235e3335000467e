#include "core/base/index.h"
#include "core/plan/plan_private.h"

/* Why the files of version cannot be replaced now; NULL: they can. A version
 * that is only shipped can be replaced at any time. An unpacked version must
 * first leave the list of release_handler, which needs the VM. */
static const char *
in_use(struct hd_planning *p, const char *version)
{
	const struct hd_facts *f = p->facts;

	if (hd_same(p->out->before, version))
		return "it runs";
	if (f->vm.state == HD_VM_UNREACHABLE && p->driver->plain)
		return "the running version is not known";
	if (f->vm.state == HD_VM_UNREACHABLE)
		return "the node does not answer";
	if (hd_same(f->boot, version) || hd_same(f->script_boot, version) ||
	    hd_same(f->switching, version) ||
	    hd_same(f->switching_from, version))
		return "a reboot would start it";
	if (p->out->before == NULL && !p->driver->plain &&
	    hd_facts_unpacked(f, version))
		return hd_arena_fmt(p->words,
		    "it is unpacked, and only a VM that runs another version "
		    "can remove it: start one first, `%s`",
		    hd_plan_advice(p, "start", NULL));
	return NULL;
}

static bool
require_replaceable(struct hd_planning *p, const struct hd_record *known)
{
	const struct hd_artifact *a = p->goal->artifact;
	const char *why = in_use(p, a->version);

	if (why == NULL && p->goal->replace)
		return true;
	hd_refuse(p,
	    "%s is on this host with other content (identity %.12s, this one "
	    "is %.12s): give the new build a new version%s%s",
	    a->version, known->identity ? known->identity : "unknown",
	    a->identity,
	    why ? "; --replace is not possible: "
		: ", or replace the one on the host with --replace",
	    why ? why : "");
	return false;
}

static bool
other_content(const struct hd_planning *p, const struct hd_record *known)
{
	return known != NULL &&
	       !hd_same(known->identity, p->goal->artifact->identity);
}

/* Whether hdeploy pushed version, and the record is lost: the host then
 * compares its files with the manifest. */
static bool
lost_record(const struct hd_facts *f, const char *version)
{
	for (size_t i = 0; i < f->unrecorded.n; i++)
		if (hd_same(f->unrecorded.v[i], version))
			return true;
	return false;
}

static bool
require_same_content(struct hd_planning *p, const struct hd_record *known)
{
	const struct hd_artifact *a = p->goal->artifact;

	if (other_content(p, known))
		return require_replaceable(p, known);
	if (known == NULL && hd_facts_unpacked(p->facts, a->version) &&
	    !lost_record(p->facts, a->version)) {
		hd_refuse(p,
		    "%s is on this host but was not pushed by hdeploy, so its "
		    "content is not known: push a new version",
		    a->version);
		return false;
	}
	return true;
}

/* Whether a relup leads up, from the running version or, in several steps, from
 * one that was pushed here, or down, by the relup of the running version. */
static bool
leads_here(
    const struct hd_facts *f, const struct hd_artifact *a, const char *running)
{
	const struct hd_relup_entry *down =
	    hd_relup_find(f, running, a->version);
	HD_AUTO_ARENA arena = { 0 };
	struct hd_index pushed = { 0 };

	for (size_t i = 0; i < f->records.n; i++)
		*hd_index_at(&pushed, &arena, f->records.v[i].version) = 1;
	for (size_t i = 0; i < a->relup.n; i++) {
		const struct hd_relup_entry *w = &a->relup.v[i];

		if (!w->down && !w->emulator &&
		    (hd_same(w->from, running) ||
			hd_index_get(&pushed, w->from) > 0))
			return true;
	}
	return down != NULL && !down->emulator;
}

/* The first name that is not ASCII; NULL if all are. */
static const char *
foreign_name(const struct hd_artifact *a)
{
	for (size_t i = 0; i < a->entries.n; i++) {
		const char *path = a->entries.v[i].path;

		for (size_t k = 0; path[k] != '\0'; k++)
			if ((unsigned char)path[k] >= 0x80)
				return path;
	}
	return NULL;
}

/* The verdict of a version that no relup leads to. */
static bool
bar_missing(struct hd_planning *p, const char *running)
{
	const struct hd_record *r = hd_facts_record(p->facts, running);
	const char *erts = p->goal->artifact->erts;

	return hd_bar(p, r == NULL || r->erts == NULL || erts == NULL ||
				 hd_same(r->erts, erts)
			     ? HD_PROOF_COLD
			     : HD_PROOF_ERTS);
}

/* A build on a clean checkout succeeds without making a relup; that is detected
 * here, as is a relup that leaves out modules. */
static bool
require_relup(struct hd_planning *p)
{
	const struct hd_artifact *a = p->goal->artifact;
	const char *running = p->out->before;

	if (hd_plan_mode(p) != HD_MODE_HOT || running == NULL ||
	    p->driver->commands_only)
		return true;
	if (leads_here(p->facts, a, running))
		return hd_require_plain_name(p, a->version, foreign_name(a)) &&
		       hd_require_proof(p, running, a->version);
	if (p->app->relup == HD_RELUP_AUTO) {
		hd_refuse(p,
		    "no relup leads hot from %s, the running version, to %s, "
		    "and hdeploy could not make one, as noted above: upgrade "
		    "by stop and start (--cold)",
		    running, a->version);
		return bar_missing(p, running);
	}
	hd_refuse(p,
	    "no relup leads hot from %s, the running version, to %s: `%s` "
	    "fetches the running version; build %s with a relup from it, or "
	    "upgrade by stop and start (--cold)",
	    running, a->version, hd_plan_advice(p, "fetch", running),
	    a->version);
	return bar_missing(p, running);
}

/*
 * Whether the version was pushed here without a relup that leads from the
 * running version, and this build has one. relup = auto leads from the versions
 * that ran on the hosts of the run, and this host may have been in no run, or
 * on another version.
 */
static bool
has_better_relup(struct hd_planning *p, const struct hd_record *known)
{
	const struct hd_artifact *a = p->goal->artifact;
	const char *running = p->out->before;
	const struct hd_relup_entry *e;

	if (known == NULL || known->lost != NULL || running == NULL ||
	    hd_plan_mode(p) != HD_MODE_HOT || in_use(p, a->version) != NULL)
		return false;
	e = hd_relup_find(p->facts, running, a->version);
	if (e != NULL && !e->emulator)
		return false;
	for (size_t i = 0; i < a->relup.n; i++) {
		e = &a->relup.v[i];
		if (!e->down && !e->emulator && hd_same(e->from, running))
			return true;
	}
	return false;
}

/* Whether the cookie differs. That does not make another version; it is only
 * reported. */
static bool
other_cookie(const struct hd_artifact *a, const struct hd_record *known)
{
	for (size_t i = 0; i < a->entries.n && known->cookie != NULL; i++) {
		const struct hd_entry *e = &a->entries.v[i];

		if (hd_same(e->path, HD_COOKIE_FILE))
			return !hd_same(e->sha256, known->cookie);
	}
	return false;
}

void
hd_plan_push(struct hd_planning *p)
{
	const struct hd_artifact *a = p->goal->artifact;
	const struct hd_facts *f = p->facts;
	const struct hd_record *known = hd_facts_record(f, a->version);
	bool other = other_content(p, known) || has_better_relup(p, known);
	bool first = f->boot == NULL && f->unpacked.n == 0;
	bool gone = !first && !other &&
		    (hd_facts_about(&f->gone, a->version) ||
			(known == NULL && hd_facts_unpacked(f, a->version)));
	bool changed =
	    !first && !other && hd_facts_about(&f->changed, a->version);

	if (!hd_require_usable(p, a) || !require_same_content(p, known))
		return;
	if (known != NULL && known->lost == NULL && !other && !first && !gone &&
	    !changed) {
		hd_nothing(p, "%s is already on the host%s", a->version,
		    other_cookie(a, known)
			? "; this build has another " HD_COOKIE_FILE
			  ", and the host keeps its own"
			: "");
		return;
	}
	if (!hd_require_libraries(p, a->version, &a->libs) ||
	    ((known == NULL || other) && !require_relup(p)))
		return;
	if (other)
		hd_step_add(p, HD_STEP_DISCARD, a->version);
	if (known == NULL || known->lost != NULL || other)
		hd_step_add(p, HD_STEP_SHIP, a->version);
	if (first)
		hd_step_add(p, HD_STEP_PLACE, a->version);
	if (changed) {
		hd_step_add(p, HD_STEP_SNAPSHOT, a->version);
		hd_step_add(p, HD_STEP_RESTORE, a->version);
	} else if (gone) {
		hd_step_add(p, HD_STEP_STAGE, a->version);
	}
	hd_step_add(p, HD_STEP_RECORD, a->version);
}
