#include "core/inventory/advice.h"
#include "core/plan/plan_private.h"

/* Refuses because this host has nothing to go back to. The rollback may be of
 * several hosts: names the command that leaves this one out, and the versions
 * that this one could go back to. */
static void
refuse_without_past(struct hd_planning *p, const char *from)
{
	const struct hd_past *last = hd_past_last(p->facts);
	const char *others =
	    hd_plan_versions(p, true, from, "; possible versions: ");

	if (last != NULL && !hd_same(last->from, from))
		hd_refuse(p,
		    "nothing to go back to: every change of this host was "
		    "already taken back; `%s` leaves this host out%s",
		    hd_advice_all(p->words, p->host, "rollback",
			hd_arena_fmt(p->words, "--from %s", last->from)),
		    others);
	else
		hd_refuse(p,
		    "nothing to go back to: the history of this host has no "
		    "change; --from VERSION leaves out the hosts that do not "
		    "run VERSION%s",
		    others);
}

/* Whether a rollback of the last run concerns this host: that run changed it,
 * or tried to, or led to its running version. Other hosts would go back one
 * version too far. */
static bool
in_last_run(const struct hd_planning *p, const char *from)
{
	const struct hd_past *newest = p->goal->newest;
	const struct hd_past *last = hd_past_last(p->facts);

	return newest == NULL || newest->run == NULL ||
	       !hd_same(newest->command, "upgrade") ||
	       hd_same(newest->to, from) ||
	       (last != NULL && hd_same(last->run, newest->run));
}

static void
nothing_of_last_run(struct hd_planning *p, const char *from)
{
	const struct hd_past *newest = p->goal->newest;

	hd_nothing(p,
	    "nothing to roll back: the last run (%s %s -> %s, by %s) did not "
	    "change this host; `%s` rolls back the hosts that run %s",
	    newest->command, newest->from, newest->to,
	    newest->who != NULL ? newest->who : "unknown",
	    hd_advice_all(p->words, p->host, "rollback",
		hd_arena_fmt(p->words, "--from %s", from)),
	    from);
}

/* The target of a rollback: the version that the last change came from, or the
 * one that boots if that change never became permanent. A rollback that was cut
 * off is finished. NULL after hd_nothing() or hd_refuse(). */
static const char *
rollback_target(struct hd_planning *p, const char *from)
{
	const struct hd_past *last = hd_past_last(p->facts);
	const struct hd_past *standing = hd_past_standing(p->facts, NULL);
	const char *boots = hd_facts_boots(p->facts);
	bool up = hd_vm_up(&p->facts->vm);

	if (boots != NULL && hd_plan_unsettled(p, from)) {
		bool half_back = standing != NULL &&
				 hd_same(standing->from, from) &&
				 hd_same(standing->to, boots);

		p->out->undoes = half_back ? standing->id : HD_UNFINISHED;
		return half_back ? from : boots;
	}
	if (!in_last_run(p, from)) {
		nothing_of_last_run(p, from);
		return NULL;
	}
	if (up && last != NULL && hd_same(last->result, "undone") &&
	    hd_same(last->command, "upgrade") && hd_same(last->from, from)) {
		hd_nothing(p,
		    "already undone: the last %s, %s -> %s, failed and went "
		    "back by itself",
		    last->command, last->from, last->to);
		return NULL;
	}
	if (standing != NULL && hd_same(standing->to, from)) {
		p->out->undoes = standing->id;
		return standing->from;
	}
	if (hd_plan_unrecorded(p->facts, from)) {
		p->out->undoes = p->facts->snapshot;
		return p->facts->snapshot_boot;
	}
	if (standing == NULL)
		refuse_without_past(p, from);
	else
		hd_refuse(p,
		    "the last change went to %s, but %s runs: name the version "
		    "to go back to",
		    standing->to, from);
	return NULL;
}

/* The target, with --from and VERSION. */
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
	if (hd_vm_up(&p->facts->vm) && hd_same(to, from) &&
	    hd_same(to, hd_facts_boots(p->facts))) {
		hd_nothing(p, "runs %s already", to);
		return NULL;
	}
	r = hd_facts_record(p->facts, to);
	if (r == NULL || !r->verified) {
		hd_refuse(p,
		    "%s never passed its checks on this host: a rollback only "
		    "goes to a version that did%s",
		    to, hd_plan_versions(p, true, from, ": "));
		return NULL;
	}
	standing = hd_past_standing(p->facts, to);
	p->out->undoes = standing != NULL ? standing->id : NULL;
	return to;
}

/* A cold change was cut off in the middle: nothing runs, and only a switch
 * leads on. A rollback that was cut off is finished. */
static void
take_switch_back(struct hd_planning *p)
{
	const struct hd_facts *f = p->facts;
	const struct hd_past *standing = hd_past_standing(f, NULL);
	bool half_back = standing != NULL &&
			 hd_same(standing->from, f->switching) &&
			 hd_same(standing->to, f->switching_from);

	p->out->undoes = half_back ? standing->id : HD_UNFINISHED;
	if (half_back)
		hd_cold_steps(p, f->switching_from, f->switching);
	else
		hd_cold_steps(p, f->switching, f->switching_from);
}

void
hd_plan_rollback(struct hd_planning *p)
{
	const char *from, *to;

	if (!hd_require_whole_switch(p))
		return;
	if (p->facts->switching != NULL && p->facts->vm.state == HD_VM_DOWN) {
		take_switch_back(p);
		return;
	}
	if (hd_plan_take_back(p))
		return;
	from = hd_require_from(p);
	if (from == NULL)
		return;
	to = rollback_to(p, from);
	if (to == NULL)
		return;
	if (hd_same(from, to) && hd_vm_up(&p->facts->vm))
		hd_finish_steps(p, to);
	else
		hd_plan_by_mode(p, from, to, hd_back_hot);
}
