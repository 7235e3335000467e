/* relups: how the node gets from one version to another without a restart */
#include "core/plan/plan_private.h"

/* Finds the entry for another version in the relup of version. */
static const struct hd_relup_entry *
find_entry(
    const struct hd_facts *f, const char *version, bool down, const char *other)
{
	const struct hd_record *r = hd_facts_record(f, version);

	for (size_t i = 0; r != NULL && i < r->relup.n; i++) {
		const struct hd_relup_entry *e = &r->relup.v[i];

		if (e->down == down && hd_same(e->from, other))
			return e;
	}
	return NULL;
}

const struct hd_relup_entry *
hd_relup_find(const struct hd_facts *f, const char *from, const char *to)
{
	const struct hd_relup_entry *up = find_entry(f, to, false, from);

	return up != NULL ? up : find_entry(f, from, true, to);
}

/* A handmade relup may lack the restart for another runtime. */
static bool
require_same_runtime(struct hd_planning *p, const char *from, const char *to)
{
	const struct hd_record *a = hd_facts_record(p->facts, from);
	const struct hd_record *b = hd_facts_record(p->facts, to);

	if (a == NULL || b == NULL || a->erts == NULL || b->erts == NULL ||
	    hd_same(a->erts, b->erts))
		return true;
	hd_refuse(p,
	    "%s has another Erlang runtime than %s (%s, %s): --cold upgrades "
	    "by stop and start",
	    to, from, b->erts, a->erts);
	return hd_bar(p, HD_PROOF_ERTS);
}

bool
hd_require_plain_name(
    struct hd_planning *p, const char *version, const char *name)
{
	if (name == NULL || !hd_same(p->facts->vm.names, "latin1"))
		return true;
	hd_refuse(p,
	    "%s contains %s, and the running VM cannot unpack that name, "
	    "because it was started in a locale without UTF-8: upgrade by "
	    "stop and start (--cold), or set env.LC_ALL = C.UTF-8 in "
	    "deploy.ini and `%s`",
	    version, name, hd_plan_advice(p, "restart", NULL));
	return hd_bar(p, HD_PROOF_COLD);
}

static bool
refuse_missing(struct hd_planning *p, const char *from, const char *to)
{
	if (p->app->relup == HD_RELUP_AUTO && p->goal->kind == HD_GOAL_UPGRADE)
		hd_refuse(p,
		    "no relup leads from %s to %s: `%s` makes one from the "
		    "build (relup = auto), or upgrade by stop and start "
		    "(--cold)",
		    from, to, hd_plan_advice(p, "push", to));
	else
		hd_refuse(p,
		    "no relup leads from %s to %s: build %s with a relup from "
		    "%s, or upgrade by stop and start (--cold)",
		    from, to, to, from);
	return hd_bar(p, HD_PROOF_COLD);
}

bool
hd_require_relup(struct hd_planning *p, const char *from, const char *to)
{
	const struct hd_relup_entry *e = hd_relup_find(p->facts, from, to);

	if (p->driver->commands_only && (e == NULL || !e->emulator))
		return hd_require_install_command(p);
	if (!require_same_runtime(p, from, to))
		return false;
	if (e == NULL)
		return refuse_missing(p, from, to);
	if (!e->emulator)
		return true;
	hd_refuse(p,
	    "the relup from %s to %s restarts the emulator: --cold upgrades by "
	    "stop and start",
	    from, to);
	return hd_bar(p, HD_PROOF_COLD);
}
