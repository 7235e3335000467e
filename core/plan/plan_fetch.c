#include "core/plan/plan_private.h"

/* The version to fetch: the running one by default; if the node is down, the
 * one that boots. */
static const char *
version_to_fetch(const struct hd_planning *p)
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
	const char *version = version_to_fetch(p);
	const struct hd_record *r =
	    version != NULL ? hd_facts_record(p->facts, version) : NULL;

	if (version == NULL)
		hd_refuse(p,
		    "the running version is not known: name the version to "
		    "fetch");
	else if (hd_plan_kept(p->facts, version))
		hd_step_add(p, HD_STEP_FETCH, version);
	else if (p->goal->elsewhere)
		hd_nothing(p, "%s is not here; another host has it", version);
	else if (r == NULL)
		hd_refuse(p,
		    "%s was not pushed to this host by hdeploy, so its "
		    "tarball was not kept%s",
		    version,
		    hd_plan_versions(p, false, NULL, "; the host has: "));
	else
		hd_refuse(p, "the tarball of %s on this host %s", version,
		    r->lost != NULL ? r->lost : "has lost its digest");
}
