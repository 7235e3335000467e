#include "core/plan/proof.h"

#include "core/plan/proof_private.h"

#include <stdio.h>
#include <string.h>

const char *const hd_proof_words[HD_PROOFS] = {
	[HD_PROOF_HOT] = "hot",
	[HD_PROOF_CARE] = "hot, with care",
	[HD_PROOF_NAME_ONLY] = "hot in name only",
	[HD_PROOF_COLD] = "cold only",
	[HD_PROOF_ERTS] = "cold, ERTS changes",
	[HD_PROOF_NO_WAY_BACK] = "no way back",
	[HD_PROOF_REFUSED] = "refused",
};

/* Why no hot way leads back; false: one does. */
static bool
lacks_way_back(
    struct hd_str *out, struct hd_planning *p, const char *from, const char *to)
{
	struct hd_way back;
	struct hd_gaps gaps;

	hd_proof_way(&back, p, to, from);
	if (!back.found) {
		hd_str_addf(out, "no relup leads from %s to %s", to, from);
		return true;
	}
	if (back.entry.emulator) {
		hd_str_addf(out,
		    "the relup from %s to %s restarts the emulator", to, from);
		return true;
	}
	hd_proof_gaps(&gaps, p, &back, to, from);
	if (!hd_proof_has_gaps(&gaps) || hd_proof_applies(&back))
		return false;
	hd_str_addf(
	    out, "no instruction of the relup from %s to %s ", to, from);
	hd_proof_add_gaps(out, &gaps);
	return true;
}

/* Appends what the verdict cannot know. */
static void
add_unknown(struct hd_str *out, struct hd_planning *p,
    const struct hd_gaps *gaps, const char *to)
{
	const char *before = out->len > 0 ? "; " : "";

	if (p->driver->commands_only)
		hd_str_addf(out,
		    "%sa command of deploy.ini makes the change, and hdeploy "
		    "cannot know what it does",
		    before);
	else if (!hd_same(p->facts->proved, to))
		hd_str_addf(out,
		    "%sthe code and the processes of the node were not "
		    "compared",
		    before);
	else if (!gaps->known)
		hd_str_addf(out,
		    "%sthe modules of %s are not known, because an older "
		    "hdeploy pushed it",
		    before, gaps->unknown);
	else if (hd_proof_has_gaps(gaps)) {
		hd_str_addf(out,
		    "%sunless an apply instruction does, nothing in the relup ",
		    before);
		hd_proof_add_gaps(out, gaps);
	}
}

/* The verdict of a plan that installs hot. */
static void
judge_hot(struct hd_proof *out, struct hd_planning *p, const char *from,
    const char *to)
{
	HD_AUTO_STR care = HD_STR_INIT(sizeof(out->why));
	HD_AUTO_STR back = HD_STR_INIT(sizeof(out->why));
	struct hd_way way;
	struct hd_gaps gaps;

	hd_proof_way(&way, p, from, to);
	hd_proof_gaps(&gaps, p, &way, from, to);
	hd_proof_add_care(&care, p, &way, to);
	add_unknown(&care, p, &gaps, to);
	if (p->goal->kind != HD_GOAL_ROLLBACK && !p->driver->commands_only &&
	    lacks_way_back(&back, p, from, to))
		out->kind = HD_PROOF_NO_WAY_BACK;
	else
		out->kind = care.len > 0 ? HD_PROOF_CARE : HD_PROOF_HOT;
	snprintf(out->why, sizeof(out->why), "%s%s%s", back.ptr,
	    back.len > 0 && care.len > 0 ? "; " : "", care.ptr);
}

/* The same goal as a hot upgrade. A push is proved as the upgrade that
 * follows. */
static struct hd_goal
hot_goal(const struct hd_goal *goal)
{
	struct hd_goal hot = *goal;

	hot.hot = true;
	hot.sick = NULL; /* health has nothing to do with it */
	if (goal->kind == HD_GOAL_PUSH)
		hot.kind = HD_GOAL_DEPLOY;
	return hot;
}

static bool
is_provable(const struct hd_planning *p)
{
	static const bool kinds[HD_GOALS] = {
		[HD_GOAL_PUSH] = true,
		[HD_GOAL_DEPLOY] = true,
		[HD_GOAL_UPGRADE] = true,
		[HD_GOAL_ROLLBACK] = true,
	};

	return kinds[p->goal->kind] && !p->driver->plain &&
	       hd_plan_mode(p) != HD_MODE_COLD && hd_vm_up(&p->facts->vm);
}

void
hd_prove(struct hd_proof *out, const struct hd_app *app,
    const struct hd_host *host, const struct hd_goal *goal,
    const struct hd_facts *facts)
{
	const struct hd_goal hot = hot_goal(goal);
	HD_AUTO_ARENA words = { 0 };
	struct hd_plan plan = { 0 };
	struct hd_planning p = {
		.out = &plan,
		.words = &words,
		.app = app,
		.host = host,
		.driver = hd_driver_find(app->driver),
		.goal = goal,
		.facts = facts,
	};

	*out = (struct hd_proof){ 0 };
	if (!is_provable(&p))
		return;
	hd_plan_make(&plan, app, host, &hot, facts);
	if (plan.verdict == HD_PLAN_REFUSED) {
		out->kind =
		    plan.bars != HD_PROOF_NONE ? plan.bars : HD_PROOF_REFUSED;
		snprintf(out->why, sizeof(out->why), "%s", plan.reason);
	} else if (hd_plan_has(&plan, HD_STEP_INSTALL)) {
		judge_hot(out, &p, plan.before, plan.after);
	}
}
