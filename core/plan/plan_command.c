#include "core/plan/plan_private.h"

/* Any state of the node is fine: the command may be there to repair it. */
void
hd_plan_command(struct hd_planning *p)
{
	if (!p->facts->root_exists)
		hd_refuse(p, "no release here: push one first, `%s`",
		    hd_plan_advice(p, "push", NULL));
	else
		hd_step_add(p, HD_STEP_COMMAND, NULL);
}
