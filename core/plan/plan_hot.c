/* upgrade and rollback in the running VM */
#include "core/plan/plan_private.h"

/* For both directions, whatever relup there is. */
static bool
require_hot(struct hd_planning *p)
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
 * it could go up, and would break on the way down. */
static bool
require_known_libraries(struct hd_planning *p, const char *version)
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
hot_steps(struct hd_planning *p, const char *from, const char *version)
{
	struct hd_step *install = hd_step_add(p, HD_STEP_INSTALL, version);
	bool two_phase = hd_driver_two_phase(p->app->driver, p->host);

	p->out->relup = hd_relup_find(p->facts, from, version);
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

static bool
require_unpackable(struct hd_planning *p, const char *version)
{
	return hd_facts_status(p->facts, version) != NULL ||
	       hd_require_plain_name(
		   p, version, hd_facts_about(&p->facts->foreign, version));
}

void
hd_upgrade_hot(struct hd_planning *p, const char *from, const char *to)
{
	if (!require_hot(p) || !require_known_libraries(p, from) ||
	    !hd_require_bits(p, to) || !hd_require_relup(p, from, to) ||
	    !require_unpackable(p, to))
		return;
	hd_step_add(p, HD_STEP_SNAPSHOT, from);
	if (!hd_plan_mend(p, HD_STEP_UNPACK, from))
		return;
	hd_step_add(p, HD_STEP_UNPACK, to);
	hd_step_check_add(p, to);
	hot_steps(p, from, to);
}

void
hd_back_hot(struct hd_planning *p, const char *from, const char *to)
{
	if (!require_hot(p))
		return;
	if (hd_facts_status(p->facts, to) == NULL &&
	    p->facts->vm.word == NULL) {
		hd_refuse(p,
		    "%s is no longer unpacked on this host: `%s` goes there "
		    "instead",
		    to, hd_plan_advice(p, "upgrade", to));
		return;
	}
	if (!hd_require_relup(p, from, to))
		return;
	hd_step_add(p, HD_STEP_SNAPSHOT, from);
	if (!hd_plan_mend(p, HD_STEP_UNPACK, from) ||
	    !hd_plan_mend(p, HD_STEP_UNPACK, to))
		return;
	hd_step_check_add(p, to);
	hd_step_add(p, HD_STEP_DRAIN, from);
	hot_steps(p, from, to);
}
