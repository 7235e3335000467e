#include "core/plan/plan_private.h"

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
		    "first `%s`, or `%s`",
		    from, boots ? boots : "something else",
		    hd_plan_advice(p, "upgrade", from),
		    hd_plan_advice(p, "rollback", NULL));
	} else {
		hd_plan_by_mode(p, from, to, hd_upgrade_hot);
	}
}
