#include "core/rollout/endings.h"

#include <stdio.h>
#include <string.h>

bool
hd_can_undo(const struct hd_site *s)
{
	return s->plan.back != NULL && hd_goal_changes_version[s->goal.kind];
}

void
hd_end_unchanged(struct hd_site *s, const struct hd_err *why)
{
	const char *runs = hd_site_running(s), *boots = hd_site_boots(s);
	bool between = hd_can_undo(s) && runs != NULL && boots != NULL &&
		       strcmp(runs, boots) != 0;
	char text[sizeof(s->text)];

	if (why->code == HD_ECANCELED) {
		hd_site_end(s, HD_RES_SKIPPED, HD_STATUS_INTERRUPTED,
		    "interrupted; nothing was changed");
		return;
	}
	snprintf(text, sizeof(text),
	    "%.700s; nothing was changed: %s%s%s%stry again%s", why->msg,
	    between ? runs : "", between ? " runs and " : "",
	    between ? boots : "", between ? " boots; " : "",
	    why->code == HD_EBUSY ? " when they have ended" : "");
	hd_site_end(s, between ? HD_RES_BROKEN : HD_RES_FAILED,
	    between ? HD_STATUS_BROKEN : HD_STATUS_FAILED, text);
}

/* The next operation there ends that. */
static bool
goes_back_by_itself(const struct hd_site *s)
{
	const char *id = s->now != NULL ? s->now->watching : NULL;

	return id != NULL && strcmp(id, s->change) == 0;
}

void
hd_end_between(
    struct hd_site *s, const struct hd_err *why, const struct hd_err *err)
{
	const char *env = s->run->env->name, *runs = hd_site_running(s),
		   *boots = hd_site_boots(s);
	char text[sizeof(s->text)];

	snprintf(text, sizeof(text),
	    "%.400s; not undone, %.300s; %s runs and %s boots: once they have "
	    "ended `hdeploy resume %s` ends this and `hdeploy rollback %s "
	    "--limit %s` goes back%s",
	    why->msg,
	    why->code == HD_EBUSY ? "which would end them too" : err->msg,
	    runs ? runs : "nothing known", boots ? boots : "nothing known", env,
	    env, s->host->name,
	    goes_back_by_itself(s) ? ", as this host then does by itself" : "");
	hd_site_end(s, HD_RES_BROKEN, HD_STATUS_BROKEN, text);
}

void
hd_end_left(struct hd_site *s, const char *what, const char *version)
{
	bool resume = hd_can_undo(s);
	char text[sizeof(s->text)];

	snprintf(text, sizeof(text), "%s%s%s was going on: `hdeploy %s %s` %s",
	    what, version != NULL ? " " : "", version != NULL ? version : "",
	    resume ? "resume" : "status", s->run->env->name,
	    resume ? "ends it" : "shows what became of it");
	hd_site_end(s, HD_RES_LEFT, HD_STATUS_INTERRUPTED, text);
}

void
hd_end_standing(struct hd_site *s)
{
	const char *env = s->run->env->name, *name = s->host->name;
	char text[sizeof(s->text)];

	snprintf(text, sizeof(text),
	    "going back to %s was to begin: if `hdeploy status %s` shows it, "
	    "`hdeploy resume %s` ends it, else `hdeploy rollback %s --limit "
	    "%s` goes back",
	    s->plan.back, env, env, env, name);
	hd_site_end(s, HD_RES_LEFT, HD_STATUS_INTERRUPTED, text);
}

void
hd_end_lost(struct hd_site *s, const struct hd_err *why)
{
	const char *env = s->run->env->name;
	bool resume = hd_can_undo(s);
	char text[sizeof(s->text)];

	snprintf(text, sizeof(text),
	    "%.700s; the host stayed away, and what was begun goes on there "
	    "by itself: `hdeploy status %s`%s%s%s",
	    why->msg, env, resume ? ", then `hdeploy resume " : "",
	    resume ? env : "", resume ? "`" : "");
	hd_site_end(s, HD_RES_BROKEN, HD_STATUS_BROKEN, text);
}

void
hd_end_unrecorded(struct hd_site *s, const struct hd_err *why)
{
	char text[sizeof(s->text)];

	if (s->away != 0) {
		hd_end_lost(s, why);
		return;
	}
	snprintf(text, sizeof(text),
	    "%.700s; the %s itself is done: `hdeploy resume %s` writes it down",
	    why->msg, hd_goal_names[s->goal.kind], s->run->env->name);
	hd_site_end(s, HD_RES_OK, HD_STATUS_FAILED, text);
}
