/* upgrade and rollback */
#include "core/plan/plan_private.h"

#include "core/plan/verify.h"

const char *
hd_plan_running(struct hd_planning *p)
{
	HD_AUTO_STR why = HD_STR_INIT(256);

	if (p->out->before != NULL)
		return p->out->before;
	if (hd_release_missing(p))
		return NULL;
	hd_verify_explain(p->facts, &why);
	if (p->facts->vm.state == HD_VM_DOWN)
		hd_refuse(p,
		    "%s: `hdeploy start` it first, or go by a start (--cold)",
		    why.ptr);
	else if (p->facts->vm.state == HD_VM_UP)
		hd_refuse(p,
		    "%s: nothing is done on a guess; `hdeploy stop` and "
		    "`hdeploy start` bring what boots",
		    why.ptr);
	else
		hd_refuse(p, "%s: nothing is done on a guess", why.ptr);
	return NULL;
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
	    "file, then `hdeploy restart`",
	    version);
	return false;
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
	    "%s has another Erlang runtime than %s (%s, %s): that is no hot "
	    "upgrade; --cold goes by stop and start",
	    to, from, b->erts, a->erts);
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
		    "%s, or go by stop and start (--cold)",
		    from, to, to, from);
	else if (w->emulator)
		hd_refuse(p,
		    "the relup from %s to %s restarts the emulator: that is no "
		    "hot upgrade; --cold goes by stop and start",
		    from, to);
	p->out->way = w;
	return w != NULL && !w->emulator && same_runtime(p, from, to);
}

bool
hd_bits_are_there(struct hd_planning *p, const char *version)
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
		return hd_libraries_fit(p, version, &r->libs);
	return false;
}

static void
hot_steps(struct hd_planning *p, const char *version)
{
	struct hd_step *install = hd_step_add(p, HD_STEP_INSTALL, version);
	bool two_phase = hd_driver_two_phase(p->driver->name, p->host);

	install->watched = two_phase && p->host->soak > 0;
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

void
hd_upgrade_hot(struct hd_planning *p, const char *from, const char *to)
{
	if (!libraries_are_known(p, from) || !hd_bits_are_there(p, to) ||
	    !hd_way_is_open(p, from, to))
		return;
	hd_step_add(p, HD_STEP_SNAPSHOT, from);
	hd_step_add(p, HD_STEP_UNPACK, to);
	hot_steps(p, to);
}

void
hd_plan_upgrade(struct hd_planning *p)
{
	const char *to = p->goal->version;
	const char *boots = hd_facts_boots(p->facts);
	bool up = p->facts->vm.state == HD_VM_UP;
	const char *from = hd_half_switched(p) ? NULL : hd_plan_from(p);

	if (from == NULL)
		return;
	if (up && hd_same(from, to) && hd_same(boots, to)) {
		if (!hd_plan_ends(p, to))
			hd_nothing(p, "runs %s already", to);
	} else if (up && hd_same(from, to)) {
		hd_finish_steps(p, to);
		hd_plan_adopt(p, to);
	} else if (up && !hd_same(from, boots)) {
		hd_refuse(p,
		    "%s runs and is not permanent (a reboot would start %s): "
		    "`hdeploy upgrade` to %s or `hdeploy rollback` first",
		    from, boots ? boots : "something else", from);
	} else {
		hd_plan_by_mode(p, from, to, hd_upgrade_hot);
	}
}

bool
hd_plan_unrecorded(const struct hd_facts *f, const char *version)
{
	if (f->snapshot == NULL || hd_same(f->snapshot_boot, version))
		return false;
	for (size_t i = 0; i < f->history.n; i++) {
		if (hd_same(f->history.v[i].id, f->snapshot))
			return false;
	}
	return true;
}

/* Which versions a person could name instead. */
static void
refuse_without_past(struct hd_planning *p, const char *from)
{
	HD_AUTO_STR others = HD_STR_INIT(256);

	for (size_t i = 0; i < p->facts->records.n; i++) {
		const struct hd_record *r = &p->facts->records.v[i];

		if (r->verified && !hd_same(r->version, from))
			hd_str_addf(&others, "%s%s", others.len > 0 ? ", " : "",
			    r->version);
	}
	hd_refuse(p,
	    "nothing to go back to: no change by hdeploy stands here%s%s; "
	    "--from VERSION leaves out the hosts that do not run it",
	    others.len > 0 ? "; versions that can be named: " : "",
	    others.len > 0 ? others.ptr : "");
}

/* Where an earlier change came from, or what would boot if the last one never
 * became permanent; a rollback that was cut off there is finished. NULL after
 * hd_nothing() or hd_refuse(). */
static const char *
rollback_target(struct hd_planning *p, const char *from)
{
	const struct hd_past *last = hd_past_last(p->facts);
	const struct hd_past *standing = hd_past_standing(p->facts, NULL);
	const char *boots = hd_facts_boots(p->facts);
	bool up = p->facts->vm.state == HD_VM_UP;

	if (boots != NULL && !hd_same(from, boots)) {
		bool half_back = standing != NULL &&
				 hd_same(standing->from, from) &&
				 hd_same(standing->to, boots);

		p->out->undoes = half_back ? standing->id : HD_UNFINISHED;
		return half_back ? from : boots;
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
	if (p->facts->vm.state == HD_VM_UP && hd_same(to, from) &&
	    hd_same(to, hd_facts_boots(p->facts))) {
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
hd_back_hot(struct hd_planning *p, const char *from, const char *to)
{
	if (hd_facts_status(p->facts, to) == NULL &&
	    p->facts->vm.word == NULL) {
		hd_refuse(p,
		    "%s is no longer unpacked on this host: `hdeploy upgrade` "
		    "to it instead",
		    to);
		return;
	}
	if (!hd_way_is_open(p, from, to))
		return;
	hd_step_add(p, HD_STEP_SNAPSHOT, from);
	hd_step_add(p, HD_STEP_DRAIN, from);
	hot_steps(p, to);
}

/* A cold change was cut off in the middle: nothing runs, and only the way by
 * a switch is left. A rollback that was cut off there is finished. */
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

	if (hd_half_switched(p))
		return;
	if (p->facts->switching != NULL) {
		take_switch_back(p);
		return;
	}
	from = hd_plan_from(p);
	if (from == NULL || hd_plan_take_back(p))
		return;
	to = rollback_to(p, from);
	if (to == NULL)
		return;
	if (hd_same(from, to) && p->facts->vm.state == HD_VM_UP)
		hd_finish_steps(p, to);
	else
		hd_plan_by_mode(p, from, to, hd_back_hot);
}
