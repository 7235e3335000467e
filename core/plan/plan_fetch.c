#include "core/plan/plan_private.h"

/* What really runs; on a host that is down, what would boot. */
static const char *
meant(const struct hd_planning *p)
{
	if (p->goal->version != NULL)
		return p->goal->version;
	if (p->out->before != NULL)
		return p->out->before;
	return p->facts->vm.state == HD_VM_DOWN ? hd_facts_boots(p->facts)
						: NULL;
}

void
hd_plan_fetch(struct hd_planning *p)
{
	const char *version = meant(p);
	const struct hd_record *r =
	    version != NULL ? hd_facts_record(p->facts, version) : NULL;

	if (version == NULL)
		hd_refuse(p,
		    "it is not known what runs here: name the version to "
		    "fetch");
	else if (r == NULL)
		hd_refuse(p,
		    "%s was not pushed to this host by hdeploy, so its "
		    "tarball was not kept",
		    version);
	else if (!r->kept || r->sha256 == NULL)
		hd_refuse(p,
		    "the tarball of %s is missing or damaged on this host",
		    version);
	else
		hd_step_add(p, HD_STEP_FETCH, version);
}
