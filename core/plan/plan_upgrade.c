/* upgrade, rollback, and the way back after a failure */
#include "core/plan/plan_private.h"

#include "core/plan/verify.h"

/* The version that runs; NULL after a refusal that says why it is not known.
 */
static const char *
running(struct hd_planning *p)
{
	HD_AUTO_STR why = HD_STR_INIT(256);

	if (p->out->before != NULL)
		return p->out->before;
	hd_verify_explain(p->facts, &why);
	if (p->facts->vm.state == HD_VM_DOWN)
		hd_refuse(p, "%s: `hdeploy start` it first", why.ptr);
	else
		hd_refuse(p, "%s: nothing is done on a guess", why.ptr);
	return NULL;
}

/* False after a refusal. */
static bool
way_is_open(struct hd_planning *p, const char *from, const char *to)
{
	const struct hd_way *w = hd_way_find(p->facts, from, to);

	if (w == NULL)
		hd_refuse(p,
		    "no relup leads from %s to %s: build %s with a relup from "
		    "%s, or go another way",
		    from, to, to, from);
	else if (w->emulator)
		hd_refuse(p,
		    "the relup from %s to %s restarts the emulator: that is "
		    "no hot upgrade",
		    from, to);
	p->out->way = w;
	return w != NULL && !w->emulator;
}

/* False after a refusal: the bits of version cannot be installed. */
static bool
bits_are_there(struct hd_planning *p, const char *version)
{
	const struct hd_record *r = hd_facts_record(p->facts, version);

	if (r == NULL)
		hd_refuse(p, "%s was not pushed to this host: `hdeploy push`",
		    version);
	else if (!r->kept && hd_facts_status(p->facts, version) == NULL)
		hd_refuse(p,
		    "the tarball of %s is missing or damaged on this host: "
		    "`hdeploy push` it again",
		    version);
	else
		return true;
	return false;
}

static void
hot_steps(struct hd_planning *p, const char *version)
{
	hd_step_add(p, HD_STEP_INSTALL, version);
	hd_step_verify(p, version, true, false);
	hd_step_add(p, HD_STEP_COMMIT, version);
	hd_step_verify(p, version, true, true);
	hd_step_add(p, HD_STEP_RECORD, version);
	p->out->after = version;
}

/* An interrupted run left version installed and not permanent. */
static void
finish_steps(struct hd_planning *p, const char *version)
{
	hd_step_verify(p, version, false, false);
	hd_step_add(p, HD_STEP_COMMIT, version);
	hd_step_verify(p, version, false, true);
	hd_step_add(p, HD_STEP_RECORD, version);
	p->out->back = hd_facts_boots(p->facts);
}

void
hd_plan_upgrade(struct hd_planning *p)
{
	const char *to = p->goal->version;
	const char *from = running(p);
	const char *boots = hd_facts_boots(p->facts);

	if (from == NULL)
		return;
	if (hd_same(from, to) && hd_same(boots, to)) {
		hd_nothing(p, "runs %s already", to);
		return;
	}
	if (hd_same(from, to)) {
		finish_steps(p, to);
		return;
	}
	if (!hd_same(from, boots)) {
		hd_refuse(p,
		    "%s runs and is not permanent (a reboot would start %s): "
		    "`hdeploy upgrade` to %s or `hdeploy rollback` first",
		    from, boots ? boots : "something else", from);
		return;
	}
	if (!bits_are_there(p, to) || !way_is_open(p, from, to))
		return;
	hd_step_add(p, HD_STEP_SNAPSHOT, from);
	hd_step_add(p, HD_STEP_UNPACK, to);
	hot_steps(p, to);
}

/* Where an earlier change came from, or what would boot if the last one never
 * became permanent. NULL after hd_nothing() or hd_refuse(). */
static const char *
rollback_target(struct hd_planning *p, const char *from)
{
	const struct hd_past *last = hd_past_last(p->facts);
	const struct hd_past *standing = hd_past_standing(p->facts, NULL);
	const char *boots = hd_facts_boots(p->facts);

	if (boots != NULL && !hd_same(from, boots)) {
		p->out->undoes = HD_UNFINISHED;
		return boots;
	}
	if (last != NULL && hd_same(last->result, "undone") &&
	    hd_same(last->from, from)) {
		hd_nothing(p,
		    "already undone: the last %s, %s -> %s, failed and went "
		    "back by itself",
		    last->command, last->from, last->to);
		return NULL;
	}
	if (standing == NULL) {
		hd_refuse(p,
		    "nothing to go back to: no change by hdeploy stands here; "
		    "--from VERSION leaves out the hosts that do not run it");
		return NULL;
	}
	if (!hd_same(standing->to, from)) {
		hd_refuse(p,
		    "the last change went to %s, but %s runs: name the version "
		    "to go back to",
		    standing->to, from);
		return NULL;
	}
	p->out->undoes = standing->id;
	return standing->from;
}

/* --from, and the VERSION that a person may name. */
static const char *
rollback_to(struct hd_planning *p, const char *from)
{
	const char *to = p->goal->version;
	const struct hd_past *standing;
	const struct hd_record *r;

	if (p->goal->from != NULL && !hd_same(p->goal->from, from)) {
		hd_nothing(p, "runs %s, not %s", from, p->goal->from);
		return NULL;
	}
	if (to == NULL)
		return rollback_target(p, from);
	if (hd_same(to, from) && hd_same(to, hd_facts_boots(p->facts))) {
		hd_nothing(p, "runs %s already", to);
		return NULL;
	}
	r = hd_facts_record(p->facts, to);
	if (r == NULL || !r->verified) {
		hd_refuse(p,
		    "%s never passed its checks on this host: a rollback only "
		    "goes to a version that did",
		    to);
		return NULL;
	}
	standing = hd_past_standing(p->facts, to);
	p->out->undoes = standing != NULL ? standing->id : NULL;
	return to;
}

void
hd_plan_rollback(struct hd_planning *p)
{
	const char *from = running(p);
	const char *to = from != NULL ? rollback_to(p, from) : NULL;

	if (to == NULL)
		return;
	if (hd_same(from, to)) {
		finish_steps(p, to);
		return;
	}
	if (hd_facts_status(p->facts, to) == NULL) {
		hd_refuse(p,
		    "%s is no longer unpacked on this host: `hdeploy upgrade` "
		    "to it instead",
		    to);
		return;
	}
	if (!way_is_open(p, from, to))
		return;
	hd_step_add(p, HD_STEP_SNAPSHOT, from);
	hot_steps(p, to);
}

/* A version that was unpacked for nothing would be taken for good by the next
 * try, whatever lies there (OTP keeps files that exist). */
static void
discard_failed(struct hd_planning *p)
{
	const char *failed = p->goal->failed;
	const char *status = hd_facts_status(p->facts, failed);

	if (status == NULL || hd_same(status, "unpacked"))
		hd_step_add(p, HD_STEP_DISCARD, failed);
}

static bool
restarted_in_process(const struct hd_planning *p)
{
	const struct hd_vm *a = p->goal->before, *b = &p->facts->vm;

	return a != NULL && a->pid == b->pid && a->creation != b->creation;
}

/* The VM runs what it should: an in-process restart is no state to stay in
 * (the packaged configuration, not the service's, was read). */
static void
undo_in_place(struct hd_planning *p, const char *to)
{
	if (restarted_in_process(p)) {
		hd_step_add(p, HD_STEP_STOP, to);
		hd_step_add(p, HD_STEP_START, to);
	}
	hd_step_verify(p, to, false, true);
	discard_failed(p);
}

static void
undo_hot(struct hd_planning *p, const char *to)
{
	if (!way_is_open(p, p->out->before, to))
		return;
	hd_step_add(p, HD_STEP_INSTALL, to);
	hd_step_verify(p, to, false, false);
	if (!hd_same(hd_facts_boots(p->facts), to))
		hd_step_add(p, HD_STEP_COMMIT, to);
	hd_step_verify(p, to, false, true);
}

void
hd_plan_undo(struct hd_planning *p)
{
	const char *to = p->goal->version;
	const char *boots = hd_facts_boots(p->facts);

	if (p->facts->vm.state == HD_VM_DOWN && hd_same(boots, to)) {
		hd_step_add(p, HD_STEP_START, to);
		hd_step_verify(p, to, false, true);
		discard_failed(p);
	} else if (p->facts->vm.state == HD_VM_DOWN) {
		hd_refuse(p, "the node is down and %s would boot, not %s",
		    boots ? boots : "something unknown", to);
	} else if (running(p) == NULL) {
		return;
	} else if (hd_same(p->out->before, to)) {
		undo_in_place(p, to);
	} else {
		undo_hot(p, to);
	}
	if (p->out->verdict == HD_PLAN_STEPS)
		p->out->after = to;
}
