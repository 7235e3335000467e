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

bool
hd_plan_kept(const struct hd_facts *facts, const char *version)
{
	const struct hd_record *r = hd_facts_record(facts, version);

	return r != NULL && r->lost == NULL && r->sha256 != NULL;
}

void
hd_plan_fetch(struct hd_planning *p)
{
	const char *version = meant(p);

	if (version == NULL)
		hd_refuse(p,
		    "it is not known what runs here: name the version to "
		    "fetch");
	else if (hd_plan_kept(p->facts, version))
		hd_step_add(p, HD_STEP_FETCH, version);
	else if (p->goal->elsewhere)
		hd_nothing(p, "%s is not here; another host has it", version);
	else if (hd_facts_record(p->facts, version) == NULL)
		hd_refuse(p,
		    "%s was not pushed to this host by hdeploy, so its "
		    "tarball was not kept%s",
		    version, hd_plan_versions(p, false, NULL, "; there are: "));
	else
		hd_refuse(p, "the tarball of %s on this host %s", version,
		    hd_facts_record(p->facts, version)->lost);
}
