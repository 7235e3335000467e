/* Refuses a hot change that would leave old code or old state behind, or that
 * release_handler would not survive. */
#include "core/plan/proof_private.h"

#include <string.h>

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

static void
refuse_back(
    struct hd_planning *p, const char *what, const char *from, const char *to)
{
	const char *cold = p->goal->version != NULL
			       ? hd_arena_fmt(p->words, "%s --cold", to)
			       : "--cold";

	hd_refuse(p,
	    "no instruction of the relup from %s to %s %s, so code of %s would "
	    "keep running: `%s` goes back by stop and start",
	    from, to, what, from, hd_plan_advice(p, "rollback", cold));
}

/* Names the commands that lead to a relup without gaps. A version that was
 * pushed must be replaced. */
static void
refuse_forward(
    struct hd_planning *p, const char *what, const char *from, const char *to)
{
	const char *push =
	    p->goal->artifact != NULL
		? ""
		: hd_arena_fmt(p->words, ", which `%s` puts in its place",
		      hd_plan_advice(p, "push",
			  hd_arena_fmt(p->words, "%s --replace", to)));

	hd_refuse(p,
	    "no instruction of the relup from %s to %s %s, so old code would "
	    "keep running: `%s` and `hdeploy appup %s %s` draft the missing "
	    "instructions for a new build%s, or upgrade by stop and start "
	    "(--cold)",
	    from, to, what, hd_plan_advice(p, "fetch", from), from,
	    release_of(p, to), push);
}

bool
hd_require_proof(struct hd_planning *p, const char *from, const char *to)
{
	HD_AUTO_STR what = HD_STR_INIT(600);
	struct hd_way way;
	struct hd_gaps gaps;

	/* a way back after a failure has no better choice */
	if (p->goal->kind == HD_GOAL_UNDO || p->goal->kind == HD_GOAL_RESUME)
		return true;
	hd_proof_way(&way, p, from, to);
	if (p->driver->commands_only || !way.found)
		return true;
	hd_proof_gaps(&gaps, p, &way, from, to);
	if (hd_proof_has_gaps(&gaps) && !hd_proof_applies(&way)) {
		hd_proof_add_gaps(&what, &gaps);
		(p->goal->kind == HD_GOAL_ROLLBACK
			? refuse_back
			: refuse_forward)(p, what.ptr, from, to);
		return hd_bar(p, HD_PROOF_NAME_ONLY);
	}
	/* before the upgrade they can change */
	return p->goal->kind == HD_GOAL_PUSH ||
	       hd_require_processes(p, &way, to);
}
