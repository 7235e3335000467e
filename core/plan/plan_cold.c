/* upgrade and rollback by stop and start */
#include "core/plan/plan_private.h"

void
hd_cold_steps(struct hd_planning *p, const char *from, const char *to)
{
	const struct hd_facts *f = p->facts;
	bool down = f->vm.state == HD_VM_DOWN;

	p->out->back = hd_plan_came_from(f, from, to);
	p->out->after = to;
	if (!down || !hd_same(hd_facts_boots(f), to)) {
		if (f->switching == NULL)
			hd_step_add(p, HD_STEP_SNAPSHOT, from);
		if (!hd_plan_mend(p, HD_STEP_STAGE, from))
			return;
		hd_step_add(p, HD_STEP_STAGE, to);
		if (hd_service_holds(p))
			hd_step_add(p, HD_STEP_STOP, from);
		hd_step_add(p, HD_STEP_SWITCH, to);
	}
	hd_step_boot(p, to);
	hd_step_soak_add(p);
	hd_step_add(p, HD_STEP_RECORD, to);
}
