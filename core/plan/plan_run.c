/* start, stop, restart */
#include "core/plan/plan_private.h"

static bool
require_answer(struct hd_planning *p)
{
	const struct hd_vm *vm = &p->facts->vm;

	if (vm->state != HD_VM_UNREACHABLE)
		return true;
	hd_refuse(p,
	    "the node runs but does not answer%s%s: hdeploy does not act on "
	    "a guess; look at the node on the host",
	    vm->why ? ": " : "", vm->why ? vm->why : "");
	return false;
}

void
hd_start_steps(struct hd_planning *p, const char *version)
{
	hd_step_add(p, HD_STEP_START, version);
	hd_step_verify(p, version, false, true);
	hd_step_add(p, HD_STEP_RECORD, version);
	p->out->after = version;
	hd_plan_adopt(p, version);
}

void
hd_plan_start(struct hd_planning *p)
{
	const char *boots;

	if (!require_answer(p))
		return;
	if (p->facts->vm.state == HD_VM_UP) {
		if (p->out->before != NULL)
			hd_nothing(p, "%s runs already", p->out->before);
		else
			hd_refuse_unknown(p);
		return;
	}
	if (p->facts->switching != NULL) {
		if (hd_service_holds(p))
			hd_step_add(p, HD_STEP_STOP, NULL);
		hd_step_add(p, HD_STEP_SWITCH, p->facts->switching);
		hd_start_steps(p, p->facts->switching);
		return;
	}
	boots = hd_require_bootable(p);
	if (boots != NULL && hd_require_files(p, boots))
		hd_start_steps(p, boots);
}

void
hd_stop_steps(struct hd_planning *p)
{
	if (!hd_service_holds(p)) {
		hd_nothing(p, "nothing runs");
		return;
	}
	hd_step_add(p, HD_STEP_STOP, p->out->before);
	hd_step_add(p, HD_STEP_RECORD, p->out->before);
	p->out->after = NULL;
}

void
hd_plan_stop(struct hd_planning *p)
{
	if (require_answer(p))
		hd_stop_steps(p);
}

void
hd_plan_restart(struct hd_planning *p)
{
	const char *boots;

	if (!require_answer(p) || !hd_require_whole_switch(p))
		return;
	boots = hd_require_bootable(p);
	if (boots == NULL || !hd_require_files(p, boots))
		return;
	if (p->facts->vm.state == HD_VM_UP && p->out->before == NULL &&
	    p->facts->vm.blocked == NULL) {
		hd_refuse(p,
		    "the running version is not known, and %s would boot: to "
		    "change to that version, `%s`, then `%s`",
		    boots, hd_plan_advice(p, "stop", NULL),
		    hd_plan_advice(p, "start", NULL));
		return;
	}
	if (p->out->before != NULL && !hd_same(p->out->before, boots)) {
		hd_refuse(p,
		    "%s runs but %s would boot: first make %s permanent, `%s`, "
		    "or go back to %s, `%s`",
		    p->out->before, boots, p->out->before,
		    hd_plan_advice(p, "upgrade", p->out->before), boots,
		    hd_plan_advice(p, "rollback", NULL));
		return;
	}
	if (p->facts->vm.state == HD_VM_UP)
		hd_step_add(p, HD_STEP_STOP, boots);
	hd_start_steps(p, boots);
}
