/* driver = app: first `current` is switched, then the program is restarted by
 * one command, or reloads. After a stop before the switch, a connection to the
 * unit's socket would start the old version again. */
#include "core/plan/plan_private.h"
#include "core/plan/verify.h"

/* A unit can be stopped and started whatever it runs. */
static bool
require_control(struct hd_planning *p)
{
	return p->facts->vm.state != HD_VM_UNREACHABLE ||
	       p->host->service != NULL || hd_require_running(p) != NULL;
}

static bool
stops_first(const struct hd_planning *p)
{
	for (size_t i = 0; i < p->host->hooks.n; i++)
		if (p->host->hooks.v[i].name == HD_HOOK_AFTER_STOP)
			return true;
	return false;
}

static bool
reloads(const struct hd_planning *p)
{
	return hd_plan_mode(p) == HD_MODE_RELOAD &&
	       p->facts->vm.state == HD_VM_UP;
}

/* By one command, but an after_stop hook needs a moment in which nothing
 * runs. */
static void
restart_steps(struct hd_planning *p, const char *running, const char *version)
{
	struct hd_step *verify;

	if (stops_first(p)) {
		hd_step_add(p, HD_STEP_STOP, running);
		hd_step_boot(p, version);
		return;
	}
	hd_step_add(p, HD_STEP_RESTART, version);
	verify = hd_step_add(p, HD_STEP_VERIFY, version);
	verify->permanent = true;
	verify->booted = true;
}

/* Adds the steps that make the program run version, which `current` names, and
 * verify it. */
static void
run_steps(struct hd_planning *p, const char *version)
{
	if (reloads(p)) {
		hd_step_add(p, HD_STEP_RELOAD, version);
		hd_step_verify(p, version, false, true);
	} else if (hd_service_holds(p)) {
		restart_steps(p, p->out->before, version);
	} else {
		hd_step_boot(p, version);
	}
}

void
hd_plain_steps(struct hd_planning *p, const char *from, const char *to)
{
	const struct hd_facts *f = p->facts;
	bool switched = hd_same(hd_facts_boots(f), to);

	p->out->back = hd_plan_came_from(f, from, to);
	p->out->after = to;
	if (f->vm.state != HD_VM_DOWN || !switched) {
		hd_step_add(p, HD_STEP_SNAPSHOT, from);
		if (!hd_plan_mend(p, HD_STEP_STAGE, from))
			return;
		hd_step_add(p, HD_STEP_STAGE, to);
	}
	if (!switched)
		hd_step_add(p, HD_STEP_SWITCH, to);
	run_steps(p, to);
	hd_step_soak_add(p);
	hd_step_add(p, HD_STEP_RECORD, to);
}

void
hd_plain_finish(struct hd_planning *p, const char *version)
{
	p->out->back = hd_facts_boots(p->facts);
	hd_step_add(p, HD_STEP_SWITCH, version);
	hd_step_verify(p, version, false, true);
	hd_step_soak_add(p);
	hd_step_add(p, HD_STEP_RECORD, version);
}

void
hd_plain_start(struct hd_planning *p)
{
	const char *boots;

	if (!require_control(p))
		return;
	if (p->facts->vm.state != HD_VM_DOWN) {
		hd_nothing(p, "%s runs already",
		    p->out->before != NULL ? p->out->before : "it");
		return;
	}
	boots = hd_require_bootable(p);
	if (boots != NULL && hd_require_files(p, boots))
		hd_start_steps(p, boots);
}

void
hd_plain_stop(struct hd_planning *p)
{
	if (require_control(p))
		hd_stop_steps(p);
}

void
hd_plain_restart(struct hd_planning *p)
{
	const char *boots = require_control(p) ? hd_require_bootable(p) : NULL;

	if (boots == NULL || !hd_require_files(p, boots))
		return;
	if (hd_service_holds(p))
		restart_steps(p, boots, boots);
	else
		hd_step_boot(p, boots);
	hd_step_add(p, HD_STEP_RECORD, boots);
	p->out->after = boots;
	hd_plan_adopt(p, boots);
}

void
hd_plain_prune(struct hd_planning *p)
{
	if (hd_require_release(p) &&
	    (p->facts->vm.state == HD_VM_DOWN ||
		hd_require_running(p) != NULL) &&
	    hd_require_bootable(p) != NULL)
		hd_prune_steps(p);
}

/* Removes the files of a version that never passed its checks here. */
static void
discard_failed(struct hd_planning *p)
{
	const struct hd_record *r = hd_facts_record(p->facts, p->goal->failed);

	if (r != NULL && !r->verified &&
	    hd_facts_unpacked(p->facts, p->goal->failed))
		hd_step_add(p, HD_STEP_DISCARD, p->goal->failed);
}

/* From any state: the running version and the one that starts next can differ.
 * If the program began to reload, it must reload again. */
void
hd_plain_undo(struct hd_planning *p)
{
	const char *to = p->goal->version;
	bool points = hd_same(hd_facts_boots(p->facts), to);
	bool runs = hd_same(p->out->before, to);

	if (!require_control(p))
		return;
	if (!points) {
		if (!hd_plan_mend(p, HD_STEP_STAGE, to))
			return;
		hd_step_add(p, HD_STEP_SWITCH, to);
	}
	if (runs && (points || !reloads(p)))
		hd_step_verify(p, to, false, true);
	else
		run_steps(p, to);
	discard_failed(p);
	p->out->after = to;
}
