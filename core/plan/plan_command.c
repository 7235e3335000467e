#include "core/plan/plan_private.h"

/* Whatever state the node is in: the command may be what looks after it. */
void
hd_plan_command(struct hd_planning *p)
{
	if (!p->facts->root_exists)
		hd_refuse(p, "no release here: push one first, `%s`",
		    hd_plan_advice(p, "push", NULL));
	else
		hd_step_add(p, HD_STEP_COMMAND, NULL);
}
