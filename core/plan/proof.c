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

bool
hd_bar(struct hd_planning *p, enum hd_proof_kind kind)
{
	p->out->bars = kind;
	return false;
}

/* The release of version on the machine that builds it. */
static const char *
release_of(struct hd_planning *p, const char *version)
{
	static const char mark[] = "{version}";
	const char *release = p->app->release, *at;

	if (release == NULL)
		return "RELEASE";
	at = strstr(release, mark);
	return at == NULL
		   ? release
		   : hd_arena_fmt(p->words, "%.*s%s%s", (int)(at - release),
			 release, version, at + strlen(mark));
}

/* Old code would run on: how to get a relup that loads the new. */
static void
refuse_gaps(struct hd_planning *p, const struct hd_gaps *gaps, const char *from,
    const char *to)
{
	HD_AUTO_STR what = HD_STR_INIT(600);
	bool pushed = p->goal->artifact == NULL;

	hd_proof_add_gaps(&what, gaps);
	if (p->goal->kind == HD_GOAL_ROLLBACK) {
		hd_refuse(p,
		    "no instruction of the relup from %s to %s %s, so code of "
		    "%s would run on: `%s` goes back by stop and start",
		    from, to, what.ptr, from,
		    hd_plan_advice(p, "rollback",
			p->goal->version != NULL
			    ? hd_arena_fmt(p->words, "%s --cold", to)
			    : "--cold"));
		return;
	}
	hd_refuse(p,
	    "no instruction of the relup from %s to %s %s, so old code would "
	    "run on: `%s` and `hdeploy appup %s %s` draft the missing "
	    "instructions for another build%s, or upgrade by stop and start "
	    "(--cold)",
	    from, to, what.ptr, hd_plan_advice(p, "fetch", from), from,
	    release_of(p, to),
	    pushed ? ", which `push --replace` puts in its place" : "");
}

static bool
has_gaps(const struct hd_gaps *gaps)
{
	return gaps->known && gaps->load.n + gaps->remove.n > 0;
}

bool
hd_require_proof(struct hd_planning *p, const char *from, const char *to)
{
	struct hd_way way;
	struct hd_gaps gaps;

	/* a way back after a failure has no better choice */
	if (p->goal->kind == HD_GOAL_UNDO || p->goal->kind == HD_GOAL_RESUME)
		return true;
	hd_proof_way(&way, p, from, to);
	if (p->driver->commands_only || !way.found)
		return true;
	hd_proof_gaps(&gaps, p, &way, from, to);
	if (has_gaps(&gaps) && !hd_proof_applies(&way)) {
		refuse_gaps(p, &gaps, from, to);
		return hd_bar(p, HD_PROOF_NAME_ONLY);
	}
	/* before the upgrade they can change */
	return p->goal->kind == HD_GOAL_PUSH ||
	       hd_require_processes(p, &way, to);
}

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
	if (!has_gaps(&gaps) || hd_proof_applies(&back))
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
	else if (has_gaps(gaps)) {
		hd_str_addf(out,
		    "%sunless an apply of code does it, no instruction ",
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
