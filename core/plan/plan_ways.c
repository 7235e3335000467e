/* hot ways from one version to another */
#include "core/plan/plan_private.h"

const struct hd_way *
hd_way_find(const struct hd_facts *f, const char *from, const char *to)
{
	const struct hd_record *r = hd_facts_record(f, to);

	for (size_t i = 0; r != NULL && i < r->ways.n; i++) {
		if (!r->ways.v[i].down && hd_same(r->ways.v[i].from, from))
			return &r->ways.v[i];
	}
	r = hd_facts_record(f, from);
	for (size_t i = 0; r != NULL && i < r->ways.n; i++) {
		if (r->ways.v[i].down && hd_same(r->ways.v[i].from, to))
			return &r->ways.v[i];
	}
	return NULL;
}

/* A relup made by hand may keep silent about it. */
static bool
same_runtime(struct hd_planning *p, const char *from, const char *to)
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
	return false;
}

bool
hd_name_fits(struct hd_planning *p, const char *version, const char *name)
{
	if (name == NULL || !hd_same(p->facts->vm.names, "latin1"))
		return true;
	hd_refuse(p,
	    "%s contains %s, and the VM that runs cannot unpack that name, "
	    "since it was started in a locale without UTF-8: upgrade by stop "
	    "and start (--cold), or set env.LC_ALL = C.UTF-8 in deploy.ini and "
	    "`%s`",
	    version, name, hd_plan_advice(p, "restart", NULL));
	return false;
}

bool
hd_way_is_open(struct hd_planning *p, const char *from, const char *to)
{
	const struct hd_way *w = hd_way_find(p->facts, from, to);

	if (p->driver->commands_only && (w == NULL || !w->emulator)) {
		p->out->way = w;
		return hd_commands_install(p);
	}
	if (w == NULL)
		hd_refuse(p,
		    "no relup leads from %s to %s: build %s with a relup from "
		    "%s, or upgrade by stop and start (--cold)",
		    from, to, to, from);
	else if (w->emulator)
		hd_refuse(p,
		    "the relup from %s to %s restarts the emulator: --cold "
		    "upgrades by stop and start",
		    from, to);
	p->out->way = w;
	return w != NULL && !w->emulator && same_runtime(p, from, to);
}
