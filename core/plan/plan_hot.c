/* upgrade and rollback in the running VM */
#include "core/plan/plan_private.h"

/* False after a refusal: neither up nor down, whatever relup there is. */
static bool
can_be_hot(struct hd_planning *p)
{
	if (p->facts->vm.word == NULL && !hd_vm_handler(&p->facts->vm))
		hd_refuse(p,
		    "sasl is not started in the node, so no release_handler "
		    "could upgrade it: it changes only by stop and start "
		    "(--cold, or upgrade = cold in deploy.ini)");
	else if (p->facts->no_list && p->facts->vm.word == NULL)
		hd_refuse(p,
		    "a release that comes without releases/RELEASES, as `mix "
		    "release` makes it, changes only by stop and start "
		    "(--cold, or upgrade = cold in deploy.ini)");
	else
		return true;
	return false;
}

/* A VM that started without RELEASES knows its version and not its libraries:
 * it could go up, and would break on the way down. False after a refusal. */
static bool
libraries_are_known(struct hd_planning *p, const char *version)
{
	if (p->facts->vm.libraries.n > 0 || p->facts->vm.word != NULL)
		return true;
	hd_refuse(p,
	    "the node started without releases/RELEASES and does not know "
	    "what %s is made of, so nothing leads back to it: restore that "
	    "file, then `%s`",
	    version, hd_plan_advice(p, "restart", NULL));
	return false;
}

static void
hot_steps(struct hd_planning *p, const char *version)
{
	struct hd_step *install = hd_step_add(p, HD_STEP_INSTALL, version);
	bool two_phase = hd_driver_two_phase(p->driver->name, p->host);

	/* what boots already needs nobody to make it permanent in time */
	install->watched = two_phase && p->host->soak > 0 &&
			   !hd_same(hd_facts_boots(p->facts), version);
	if (two_phase) {
		hd_step_verify(p, version, true, false);
		hd_step_soak_add(p);
		hd_step_commit_add(p, version);
	}
	hd_step_verify(p, version, true, true);
	if (!two_phase)
		hd_step_soak_add(p);
	hd_step_add(p, HD_STEP_RECORD, version);
	p->out->after = version;
}

/* An interrupted run left version installed and not permanent. */
void
hd_finish_steps(struct hd_planning *p, const char *version)
{
	hd_step_verify(p, version, false, false);
	hd_step_soak_add(p);
	hd_step_commit_add(p, version);
	hd_step_verify(p, version, false, true);
	hd_step_add(p, HD_STEP_RECORD, version);
	p->out->back = hd_facts_boots(p->facts);
}

/* False after a refusal. */
static bool
can_unpack(struct hd_planning *p, const char *version)
{
	return hd_facts_status(p->facts, version) != NULL ||
	       hd_name_fits(
		   p, version, hd_facts_about(&p->facts->foreign, version));
}

void
hd_upgrade_hot(struct hd_planning *p, const char *from, const char *to)
{
	if (!can_be_hot(p) || !libraries_are_known(p, from) ||
	    !hd_bits_are_there(p, to) || !hd_way_is_open(p, from, to) ||
	    !can_unpack(p, to))
		return;
	hd_step_add(p, HD_STEP_SNAPSHOT, from);
	if (!hd_plan_mend(p, HD_STEP_UNPACK, from))
		return;
	hd_step_add(p, HD_STEP_UNPACK, to);
	hd_step_check_add(p, to);
	hot_steps(p, to);
}

void
hd_back_hot(struct hd_planning *p, const char *from, const char *to)
{
	if (!can_be_hot(p))
		return;
	if (hd_facts_status(p->facts, to) == NULL &&
	    p->facts->vm.word == NULL) {
		hd_refuse(p,
		    "%s is no longer unpacked on this host: `%s` goes there "
		    "instead",
		    to, hd_plan_advice(p, "upgrade", to));
		return;
	}
	if (!hd_way_is_open(p, from, to))
		return;
	hd_step_add(p, HD_STEP_SNAPSHOT, from);
	if (!hd_plan_mend(p, HD_STEP_UNPACK, from) ||
	    !hd_plan_mend(p, HD_STEP_UNPACK, to))
		return;
	hd_step_check_add(p, to);
	hd_step_add(p, HD_STEP_DRAIN, from);
	hot_steps(p, to);
}
