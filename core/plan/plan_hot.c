/* upgrade and rollback in the running VM */
#include "core/plan/plan_private.h"

#include <stdio.h>

/* What both directions need, apart from the relup. */
static bool
require_hot(struct hd_planning *p)
{
	if (p->facts->vm.unnamed)
		hd_refuse(p,
		    "the node has no name (RELEASE_DISTRIBUTION=none), so "
		    "hdeploy cannot query it, and cannot upgrade it hot: "
		    "upgrade by stop and start (--cold, or upgrade = cold in "
		    "deploy.ini), or give it a name and `%s`",
		    hd_plan_advice(p, "restart", NULL));
	else if (p->facts->vm.word == NULL && !hd_vm_handler(&p->facts->vm))
		hd_refuse(p,
		    "sasl is not started in the node, so it has no "
		    "release_handler for a hot upgrade: upgrade by stop and "
		    "start (--cold, or upgrade = cold in deploy.ini)");
	else if (p->facts->no_list && !p->driver->makes_list &&
		 p->facts->vm.word == NULL)
		hd_refuse(p,
		    "the release comes without releases/RELEASES, as `mix "
		    "release` makes it, so it cannot be upgraded hot: "
		    "upgrade by stop and start (--cold, or upgrade = cold in "
		    "deploy.ini)");
	else
		return true;
	return hd_bar(p, HD_PROOF_COLD);
}

/* hdeploy makes RELEASES from the .rel of the version that booted, so the node
 * must run that version's code. */
static bool
require_own_code(struct hd_planning *p, const char *version)
{
	const struct hd_strs *modified = &p->facts->vm.modified;

	if (modified->n == 0) {
		snprintf(p->out->reason, sizeof(p->out->reason),
		    "first makes releases/RELEASES, without which the node "
		    "started");
		return true;
	}
	hd_refuse(p,
	    "the node started without releases/RELEASES, and does not run "
	    "the code of %s in %s, so hdeploy cannot make that file: `%s`",
	    version, modified->v[0], hd_plan_advice(p, "restart", NULL));
	return hd_bar(p, HD_PROOF_COLD);
}

/* A VM that started without RELEASES knows its version but not its libraries:
 * it could upgrade, but would break on the way back. */
static bool
require_known_libraries(struct hd_planning *p, const char *version)
{
	const char *repair;

	if (p->facts->vm.libraries.n > 0 || p->facts->vm.word != NULL)
		return true;
	if (p->driver->makes_list)
		return require_own_code(p, version);
	repair = hd_plan_repairs(p);
	hd_refuse(p,
	    "the node started without releases/RELEASES and does not know "
	    "the libraries of %s, so it could not go back: %s`%s`%s",
	    version, repair != NULL ? "" : "restore that file, then ",
	    repair != NULL ? repair : hd_plan_advice(p, "restart", NULL),
	    repair != NULL ? " makes that file, and the node reads it" : "");
	return hd_bar(p, HD_PROOF_COLD);
}

static void
hot_steps(struct hd_planning *p, const char *from, const char *version)
{
	struct hd_step *install = hd_step_add(p, HD_STEP_INSTALL, version);
	bool two_phase = hd_driver_two_phase(p->app->driver, p->host);

	p->out->relup = hd_relup_find(p->facts, from, version);
	/* a version that boots already needs no commit in time */
	install->watched = two_phase &&
			   (p->host->soak > 0 || hd_confirms(p->host)) &&
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

/* The rest of the steps if version is installed and not permanent. */
void
hd_hot_finish(struct hd_planning *p, const char *version)
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
	    !require_unpackable(p, to) || !hd_require_proof(p, from, to))
		return;
	hd_step_add(p, HD_STEP_SNAPSHOT, from);
	if (!hd_plan_mend(p, HD_STEP_UNPACK, from))
		return;
	hd_step_add(p, HD_STEP_UNPACK, to);
	hd_step_check_add(p, to);
	hot_steps(p, from, to);
}

/* The node does not list the version to go back to. Its files might be here. */
static void
refuse_unlisted(struct hd_planning *p, const char *to)
{
	const char *repair =
	    hd_facts_unpacked(p->facts, to) ? hd_plan_repairs(p) : NULL;

	if (repair != NULL)
		hd_refuse(p,
		    "%s is on this host, but the node does not know it: `%s` "
		    "completes releases/RELEASES, and the node reads it",
		    to, repair);
	else
		hd_refuse(p,
		    "%s is no longer unpacked on this host: `%s` unpacks and "
		    "installs it",
		    to, hd_plan_advice(p, "upgrade", to));
}

void
hd_back_hot(struct hd_planning *p, const char *from, const char *to)
{
	if (!require_hot(p))
		return;
	if (hd_facts_status(p->facts, to) == NULL &&
	    p->facts->vm.word == NULL) {
		refuse_unlisted(p, to);
		return;
	}
	if (!hd_require_relup(p, from, to) || !hd_require_proof(p, from, to))
		return;
	hd_step_add(p, HD_STEP_SNAPSHOT, from);
	if (!hd_plan_mend(p, HD_STEP_UNPACK, from) ||
	    !hd_plan_mend(p, HD_STEP_UNPACK, to))
		return;
	hd_step_check_add(p, to);
	hd_step_add(p, HD_STEP_DRAIN, from);
	hot_steps(p, from, to);
}
